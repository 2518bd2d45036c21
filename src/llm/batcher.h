// SPDX-License-Identifier: Apache-2.0
// Continuous batching on one KV backend (one llama.cpp context). Jobs wait in a queue. Up to
// `width` of them run: each holds a sequence, and all are evaluated together. Before each
// evaluation, jobs from the queue take the places of those that have ended. A batch first holds the
// jobs that write, one token each; what room is left goes to jobs that still read their path.
//
// If a running job is about to read the same tokens, a job waits for it and shares them. When the
// memory is full, the least recently used idle sequence is emptied. If there is none, the job that
// began last goes back to the queue and is read again later. So too little memory only costs time.
// After that no more walkers are let in than had room; the others wait until one of these stays
// away. If they took turns, each would find its path gone.
//
// Jobs may join while others run. What happens depends on the order of the jobs and on what was
// resident before, never on clocks or on the number of threads.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "llm/kv_backend.h"
#include "llm/prefix.h"
#include "llm/residency.h"
#include "llm/token_ledger.h"

namespace pgts::llm {

struct BatcherOptions {
  int width = 1;      // jobs evaluated together
  int sequences = 1;  // resident sequences, at least `width`
  int context = 0;    // tokens that one sequence can hold
  int threads = 1;    // of its evaluations, which also read the outputs
};

// A path that is to be read, and perhaps to grow.
struct Job {
  Job(const Prefix& prefix, uint64_t walker);

  void Append(Token token);
  uint64_t hash() const { return hashes.back(); }

  uint64_t walker = 0;
  std::vector<Token> path;       // the prefix, then what was written
  std::vector<uint64_t> hashes;  // hashes[i] names path[0, i]
  int root_length = 0;
  int prefix_length = 0;
  int outputs_from = -1;  // the first position whose output is wanted; -1: the path's end
  bool wants_logits = true;
  bool wants_state = false;
  int sequence = -1;  // while it runs
};

class Batcher {
 public:
  // The backend and the ledger outlive the batcher.
  Batcher(KvBackend& backend, TokenLedger& ledger, const BatcherOptions& options,
          TokenLedger::Purpose purpose);
  virtual ~Batcher() = default;
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  void Forget();
  int jobs() const { return static_cast<int>(waiting_.size() + running_.size()); }  // not ended
  const BatcherOptions& options() const { return options_; }
  const Residency& residency() const { return residency_; }
  void Leave(uint64_t walker) { residency_.Leave(walker); }
  void SetThreads(int threads) { options_.threads = threads; }

 protected:
  // Queues jobs, which stay in place until they have ended, or the batcher forgets or fails.
  void Join(std::span<Job* const> jobs);
  // Evaluates that many times, or fewer if all jobs end. An exception drops all jobs.
  void Advance(int evaluations);
  // Runs all jobs to their end.
  void Run(std::span<Job* const> jobs);

  // Called before a job gets a sequence, for the first time or again. True: it needs none, because
  // it has ended.
  virtual bool EndsUnread(Job& job) = 0;
  // Takes the output at a position of the path. Runs on several threads at once, even for one job:
  // it may write only what belongs to this `position` of this `job`.
  virtual void ReadOutput(Job& job, int position, const RowOutput& output) = 0;
  // Called after that for one job at a time, where its path's end was read. True: the job has
  // ended; false: its path has grown.
  virtual bool TakeOutput(Job& job) = 0;
  // The path does not fit into the memory, alone.
  virtual void GiveUp(Job& job) = 0;
  virtual void OnForget() {}

  TokenLedger& ledger() { return ledger_; }

 private:
  void BeginSlice(int absence);
  void Evaluate(int evaluations);
  void Admit();
  bool MayStart(const Job& job) const;
  bool GoesOn(const Job& job) const;
  bool ShouldWait(const Job& job) const;
  void Step();
  void FillRows();
  void AddRows(Job& job, int count);
  int Unread(const Job& job) const;
  int JobsInRows() const;
  void MakeRoom();
  void Stop(Job& job);
  void Record();
  void Collect();
  void DropJobs();

  KvBackend& backend_;
  TokenLedger& ledger_;
  BatcherOptions options_;
  TokenLedger::Purpose purpose_;
  Residency residency_;
  std::deque<Job*> waiting_;
  std::vector<Job*> running_;  // in the order in which they began
  int limit_;  // most walkers that may be active (residency.h); all sequences: no limit

  std::vector<Row> rows_;
  std::vector<Job*> row_jobs_;  // whose row it is
};

}  // namespace pgts::llm
