// SPDX-License-Identifier: Apache-2.0
#include "llm/residency.h"

#include <algorithm>

namespace pgts::llm {

int CommonPrefix(std::span<const Token> a, std::span<const Token> b) {
  const size_t length = std::min(a.size(), b.size());
  return static_cast<int>(std::mismatch(a.begin(), a.begin() + length, b.begin()).first -
                          a.begin());
}

std::optional<int> Residency::Take(uint64_t walker, std::span<const Token> path, int limit) {
  int sequence = OwnedBy(walker);
  if (sequence < 0 || seats_[sequence].held) sequence = Free();
  if (sequence < 0) return std::nullopt;
  Seat& seat = seats_[sequence];
  seat.owned = true;
  seat.held = true;
  seat.walker = walker;
  seat.used = ++clock_;
  Fit(sequence, path.first(limit));
  return sequence;
}

// Cuts what does not belong to the path, or all of what cannot be cut, then shares the longest
// continuation that another sequence holds.
void Residency::Fit(int sequence, std::span<const Token> path) {
  std::vector<Token>& tokens = seats_[sequence].tokens;
  int own = CommonPrefix(tokens, path);
  if (own < static_cast<int>(tokens.size()) && !machine_.Whole(sequence)) own = 0;
  if (own < static_cast<int>(tokens.size())) {
    machine_.Remove(sequence, own);
    tokens.resize(own);
  }
  int best = own, source = -1;
  for (size_t other = 0; other < seats_.size(); ++other) {
    const int common = CommonPrefix(seats_[other].tokens, path);
    if (common > best && machine_.Whole(static_cast<int>(other)))
      best = common, source = static_cast<int>(other);
  }
  if (source < 0) return;
  machine_.Share(source, sequence, own, best);
  tokens.assign(path.begin(), path.begin() + best);
}

void Residency::Release(int sequence) {
  seats_[sequence].held = false;
  seats_[sequence].turn = turn_;
}

void Residency::BeginTurn(int absence) {
  ++turn_;
  absence_ = absence;
}

bool Residency::IsActive(const Seat& seat) const {
  return seat.held || (seat.owned && !seat.tokens.empty() && turn_ - seat.turn <= absence_);
}

bool Residency::IsActive(uint64_t walker) const {
  const int sequence = OwnedBy(walker);
  return sequence >= 0 && IsActive(seats_[sequence]);
}

int Residency::active() const {
  return static_cast<int>(
      std::ranges::count_if(seats_, [this](const Seat& seat) { return IsActive(seat); }));
}

void Residency::Leave(uint64_t walker) {
  if (const int sequence = OwnedBy(walker); sequence >= 0) seats_[sequence].owned = false;
}

int Residency::unseated() const {
  return static_cast<int>(std::ranges::count(seats_, false, &Seat::owned));
}

int Residency::OwnedBy(uint64_t walker) const {
  for (size_t i = 0; i < seats_.size(); ++i) {
    if (seats_[i].owned && seats_[i].walker == walker) return static_cast<int>(i);
  }
  return -1;
}

int Residency::Free() const {
  int best = -1;
  for (size_t i = 0; i < seats_.size(); ++i) {
    if (seats_[i].held) continue;
    if (!seats_[i].owned) return static_cast<int>(i);
    if (best < 0 || seats_[i].used < seats_[best].used) best = static_cast<int>(i);
  }
  return best;
}

int Residency::LongestResident(std::span<const Token> path) const {
  int best = 0;
  for (const Seat& seat : seats_) best = std::max(best, CommonPrefix(seat.tokens, path));
  return best;
}

int Residency::ResidentOf(uint64_t walker, std::span<const Token> path) const {
  const int sequence = OwnedBy(walker);
  return sequence < 0 ? 0 : CommonPrefix(seats_[sequence].tokens, path);
}

void Residency::Drop(int sequence) {
  if (seats_[sequence].tokens.empty()) return;
  machine_.Remove(sequence, 0);
  seats_[sequence].tokens.clear();
}

bool Residency::DropLeastRecent() {
  int victim = -1;
  for (size_t i = 0; i < seats_.size(); ++i) {
    if (seats_[i].held || seats_[i].tokens.empty()) continue;
    if (victim < 0 || seats_[i].used < seats_[victim].used) victim = static_cast<int>(i);
  }
  if (victim < 0) return false;
  Drop(victim);
  return true;
}

void Residency::Clear() {
  for (size_t i = 0; i < seats_.size(); ++i) {
    Drop(static_cast<int>(i));
    seats_[i] = Seat{};
  }
  clock_ = turn_ = 0;
}

}  // namespace pgts::llm
