// SPDX-License-Identifier: Apache-2.0
#include "llm/batcher.h"

#include <algorithm>

#include "base/parallel.h"
#include "base/stop.h"

namespace pgts::llm {
namespace {

constexpr int kWorthWaiting = 8;  // tokens; a shorter beginning is read twice, not waited for
// Slices after which a walker is not expected back. Who goes on comes in the next slice, or with a
// scorer on a device of its own one or two later.
constexpr int kAbsence = 3;

}  // namespace

Job::Job(const Prefix& prefix, uint64_t walker)
    : walker(walker),
      path(PathTokens(prefix)),
      hashes{kEmptyPathHash},
      root_length(RootLength(prefix)),
      prefix_length(prefix.length) {
  for (const Token token : path) hashes.push_back(ExtendPathHash(hashes.back(), token));
}

void Job::Append(Token token) {
  path.push_back(token);
  hashes.push_back(ExtendPathHash(hashes.back(), token));
}

Batcher::Batcher(KvBackend& backend, TokenLedger& ledger, const BatcherOptions& options,
                 TokenLedger::Purpose purpose)
    : backend_(backend),
      ledger_(ledger),
      options_(options),
      purpose_(purpose),
      residency_(options.sequences, backend),
      limit_(options.sequences) {}

void Batcher::Forget() {
  DropJobs();
  residency_.Clear();
  ledger_.Clear();
  OnForget();
}

void Batcher::Join(std::span<Job* const> jobs) {
  waiting_.insert(waiting_.end(), jobs.begin(), jobs.end());
}

void Batcher::Advance(int evaluations) {
  BeginSlice(kAbsence);
  Evaluate(evaluations);
}

// Those that are not expected back make room for as many others.
void Batcher::BeginSlice(int absence) {
  const int active = residency_.active();
  residency_.BeginSlice(absence);
  limit_ = std::min(options_.sequences, limit_ + active - residency_.active());
}

void Batcher::Evaluate(int evaluations) {
  try {
    for (int i = 0; i < evaluations; ++i) {
      Admit();
      if (running_.empty()) break;
      ThrowIfStopped();
      Step();
    }
  } catch (...) {
    DropJobs();
    throw;
  }
}

void Batcher::Run(std::span<Job* const> jobs) {
  Join(jobs);
  while (this->jobs() > 0) {
    BeginSlice(/*absence=*/0);
    Evaluate(1);
  }
}

void Batcher::DropJobs() {
  for (const Job* job : running_) residency_.Release(job->sequence);
  running_.clear();
  waiting_.clear();
  limit_ = options_.sequences;
}

// Starts jobs in the order of the queue; those that wait for another keep their place in it.
void Batcher::Admit() {
  for (size_t i = 0; i < waiting_.size() && static_cast<int>(running_.size()) < options_.width;) {
    Job& job = *waiting_[i];
    if (!MayStart(job) || ShouldWait(job)) {
      ++i;
      continue;
    }
    waiting_.erase(waiting_.begin() + static_cast<ptrdiff_t>(i));
    if (EndsUnread(job)) continue;
    // What the job came for is always read: the outputs at the path's end, or from some position
    // on.
    const int end = static_cast<int>(job.path.size()) - 1;
    const int limit = job.outputs_from >= 0 ? std::min(job.outputs_from, end) : end;
    job.sequence = *residency_.Take(job.walker, job.path, limit);
    running_.push_back(&job);
  }
}

bool Batcher::MayStart(const Job& job) const {
  return limit_ >= options_.sequences || GoesOn(job) || residency_.active() < limit_;
}

// Whether the walker is active with this path. One that begins a new search bears the name of one
// that ended; it shares a prompt with it at most, and must not pass those that wait.
bool Batcher::GoesOn(const Job& job) const {
  return residency_.IsActive(job.walker) &&
         residency_.ResidentOf(job.walker, job.path) >= job.root_length;
}

bool Batcher::ShouldWait(const Job& job) const {
  if (running_.empty()) return false;
  const std::span<const Token> path(job.path.data(), job.path.size() - 1);
  int coming = 0;
  for (const Job* other : running_) coming = std::max(coming, CommonPrefix(other->path, path));
  return coming >= kWorthWaiting && coming > residency_.LongestResident(path);
}

void Batcher::Step() {
  FillRows();
  while (!rows_.empty() && backend_.Evaluate(rows_) == EvaluateStatus::kNoCells) {
    MakeRoom();
    FillRows();
  }
  if (rows_.empty()) return;
  ledger_.Decoded(JobsInRows(), options_.width);
  Record();
  Collect();
}

int Batcher::Unread(const Job& job) const {
  return static_cast<int>(job.path.size() - residency_.resident(job.sequence).size());
}

// Jobs that write (one token each) first, then as much reading as fits.
void Batcher::FillRows() {
  rows_.clear();
  row_jobs_.clear();
  const auto room = [&] { return backend_.batch_tokens() - static_cast<int>(rows_.size()); };
  for (Job* job : running_) {
    if (Unread(*job) == 1 && room() > 0) AddRows(*job, 1);
  }
  for (Job* job : running_) {
    if (Unread(*job) > 1 && room() > 0) AddRows(*job, std::min(Unread(*job), room()));
  }
}

void Batcher::AddRows(Job& job, int count) {
  const int begin = static_cast<int>(residency_.resident(job.sequence).size());
  for (int position = begin; position < begin + count; ++position) {
    const bool last = position + 1 == static_cast<int>(job.path.size());
    const bool output = last || (job.outputs_from >= 0 && position >= job.outputs_from);
    rows_.push_back({.token = job.path[position],
                     .position = position,
                     .sequence = job.sequence,
                     .logits = output && job.wants_logits,
                     .state = output && job.wants_state});
    row_jobs_.push_back(&job);
  }
}

// Rows of one job stand together.
int Batcher::JobsInRows() const {
  int jobs = 0;
  for (size_t i = 0; i < row_jobs_.size(); ++i) {
    if (i == 0 || row_jobs_[i] != row_jobs_[i - 1]) ++jobs;
  }
  return jobs;
}

void Batcher::MakeRoom() {
  const int active = residency_.active();
  if (residency_.DropLeastRecent()) {
    if (residency_.active() < active) limit_ = std::max(1, residency_.active());
    return;
  }
  Job& job = *running_.back();
  residency_.Drop(job.sequence);
  Stop(job);
  if (running_.empty()) {
    GiveUp(job);
  } else {
    waiting_.push_front(&job);
    limit_ = residency_.active();
  }
}

void Batcher::Stop(Job& job) {
  residency_.Release(job.sequence);
  std::erase(running_, &job);
}

void Batcher::Record() {
  for (size_t i = 0; i < rows_.size(); ++i) {
    const Job& job = *row_jobs_[i];
    residency_.Append(rows_[i].sequence, rows_[i].token);
    const int position = rows_[i].position;
    ledger_.Evaluated(job.hashes[position + 1], position < job.root_length, purpose_);
  }
}

void Batcher::Collect() {
  std::vector<int> indices;
  std::vector<Job*> jobs;
  std::vector<int> positions;
  std::vector<RowOutput> outputs;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].logits && !rows_[i].state) continue;
    indices.push_back(static_cast<int>(indices.size()));
    jobs.push_back(row_jobs_[i]);
    positions.push_back(rows_[i].position);
    outputs.push_back(backend_.Output(static_cast<int>(i)));
  }
  RunOnTeam(indices, options_.threads,
            [&](int i) { ReadOutput(*jobs[i], positions[i], outputs[i]); });
  for (const int i : indices) {
    Job& job = *jobs[i];
    const bool at_end = positions[i] + 1 == static_cast<int>(job.path.size());
    if (at_end && TakeOutput(job)) Stop(job);
  }
}

}  // namespace pgts::llm
