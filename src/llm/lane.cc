// SPDX-License-Identifier: Apache-2.0
#include "llm/lane.h"

#include <algorithm>

#include "base/parallel.h"
#include "base/stop.h"

namespace pgts::llm {
namespace {

constexpr int kWorthWaiting = 8;  // tokens; a shorter beginning is read twice, not waited for
// Turns after which a walker is not expected back. Who goes on comes in the next turn, or with a
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

Lane::Lane(Machine& machine, TokenLedger& ledger, const LaneOptions& options,
           TokenLedger::Purpose purpose)
    : machine_(machine),
      ledger_(ledger),
      options_(options),
      purpose_(purpose),
      residency_(options.sequences, machine),
      limit_(options.sequences) {}

void Lane::Forget() {
  DropJobs();
  residency_.Clear();
  ledger_.Clear();
  OnForget();
}

void Lane::KeepStates(bool keep) {
  keeps_states_ = keep;
  machine_.KeepStates(keep);
}

void Lane::Join(std::span<Job* const> jobs) {
  queue_.insert(queue_.end(), jobs.begin(), jobs.end());
}

void Lane::Advance(int evaluations) {
  BeginTurn(kAbsence);
  Evaluate(evaluations);
}

// Those that are not expected back make room for as many others.
void Lane::BeginTurn(int absence) {
  const int active = residency_.active();
  residency_.BeginTurn(absence);
  limit_ = std::min(options_.sequences, limit_ + active - residency_.active());
}

void Lane::Evaluate(int evaluations) {
  try {
    for (int i = 0; i < evaluations; ++i) {
      Admit();
      if (seated_.empty()) break;
      ThrowIfStopped();
      Step();
    }
  } catch (...) {
    DropJobs();
    throw;
  }
}

void Lane::Run(std::span<Job* const> jobs) {
  Join(jobs);
  while (this->jobs() > 0) {
    BeginTurn(/*absence=*/0);
    Evaluate(1);
  }
}

void Lane::DropJobs() {
  for (const Job* job : seated_) residency_.Release(job->sequence);
  seated_.clear();
  queue_.clear();
  limit_ = options_.sequences;
}

// Seats jobs in queue order; those that wait for another keep their place.
void Lane::Admit() {
  for (size_t i = 0; i < queue_.size() && static_cast<int>(seated_.size()) < options_.width;) {
    Job& job = *queue_[i];
    if (!MaySit(job) || ShouldWait(job)) {
      ++i;
      continue;
    }
    queue_.erase(queue_.begin() + static_cast<ptrdiff_t>(i));
    if (EndsUnread(job)) continue;
    // What the job came for is always read: the outputs at the path's end, or from a place on.
    const int end = static_cast<int>(job.path.size()) - 1;
    const int limit = job.outputs_from >= 0 ? std::min(job.outputs_from, end) : end;
    job.sequence = *residency_.Take(job.walker, job.path, limit);
    seated_.push_back(&job);
  }
}

bool Lane::MaySit(const Job& job) const {
  return limit_ >= options_.sequences || GoesOn(job) || residency_.active() < limit_;
}

// Whether the walker is active with this path. One that begins a new search bears the name of one
// that ended; it shares a prompt with it at most, and must not pass those that wait.
bool Lane::GoesOn(const Job& job) const {
  return residency_.IsActive(job.walker) &&
         residency_.ResidentOf(job.walker, job.path) >= job.root_length;
}

bool Lane::ShouldWait(const Job& job) const {
  if (seated_.empty()) return false;
  const std::span<const Token> path(job.path.data(), job.path.size() - 1);
  int coming = 0;
  for (const Job* other : seated_) coming = std::max(coming, CommonPrefix(other->path, path));
  return coming >= kWorthWaiting && coming > residency_.LongestResident(path);
}

void Lane::Step() {
  FillRows();
  while (!rows_.empty() && machine_.Evaluate(rows_) == EvaluateStatus::kNoCells) {
    MakeRoom();
    FillRows();
  }
  if (rows_.empty()) return;
  ledger_.Decoded(JobsInRows(), options_.width);
  Record();
  Collect();
}

int Lane::Unread(const Job& job) const {
  return static_cast<int>(job.path.size() - residency_.resident(job.sequence).size());
}

// Jobs that write (one token each) first, then as much reading as fits.
void Lane::FillRows() {
  rows_.clear();
  row_jobs_.clear();
  const auto room = [&] { return machine_.batch_tokens() - static_cast<int>(rows_.size()); };
  for (Job* job : seated_) {
    if (Unread(*job) == 1 && room() > 0) AddRows(*job, 1);
  }
  for (Job* job : seated_) {
    if (Unread(*job) > 1 && room() > 0) AddRows(*job, std::min(Unread(*job), room()));
  }
}

void Lane::AddRows(Job& job, int count) {
  const int begin = static_cast<int>(residency_.resident(job.sequence).size());
  for (int position = begin; position < begin + count; ++position) {
    const bool last = position + 1 == static_cast<int>(job.path.size());
    const bool wanted = job.outputs_from >= 0 && position >= job.outputs_from;
    rows_.push_back({.token = job.path[position],
                     .position = position,
                     .sequence = job.sequence,
                     .output = last || wanted});
    row_jobs_.push_back(&job);
  }
}

// Rows of one job stand together.
int Lane::JobsInRows() const {
  int jobs = 0;
  for (size_t i = 0; i < row_jobs_.size(); ++i) {
    if (i == 0 || row_jobs_[i] != row_jobs_[i - 1]) ++jobs;
  }
  return jobs;
}

void Lane::MakeRoom() {
  const int active = residency_.active();
  if (residency_.DropLeastRecent()) {
    if (residency_.active() < active) limit_ = std::max(1, residency_.active());
    return;
  }
  Job& job = *seated_.back();
  residency_.Drop(job.sequence);
  Unseat(job);
  if (seated_.empty()) {
    GiveUp(job);
  } else {
    queue_.push_front(&job);
    limit_ = residency_.active();
  }
}

void Lane::Unseat(Job& job) {
  residency_.Release(job.sequence);
  std::erase(seated_, &job);
}

void Lane::Record() {
  for (size_t i = 0; i < rows_.size(); ++i) {
    const Job& job = *row_jobs_[i];
    residency_.Append(rows_[i].sequence, rows_[i].token);
    const int position = rows_[i].position;
    ledger_.Evaluated(job.hashes[position + 1], position < job.root_length, purpose_);
  }
}

void Lane::Collect() {
  std::vector<int> indices;
  std::vector<Job*> jobs;
  std::vector<Output> outputs;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!rows_[i].output) continue;
    indices.push_back(static_cast<int>(indices.size()));
    jobs.push_back(row_jobs_[i]);
    outputs.push_back(
        {.position = rows_[i].position,
         .values = machine_.Output(static_cast<int>(i)),
         .state = keeps_states_ ? machine_.State(static_cast<int>(i)) : std::span<const float>()});
  }
  RunOnTeam(indices, options_.threads, [&](int i) { ReadOutput(*jobs[i], outputs[i]); });
  for (const int i : indices) {
    Job& job = *jobs[i];
    const bool at_end = outputs[i].position + 1 == static_cast<int>(job.path.size());
    if (at_end && TakeOutput(job)) Unseat(job);
  }
}

}  // namespace pgts::llm
