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
  if (sequence < 0 || slots_[sequence].held) sequence = Free();
  if (sequence < 0) return std::nullopt;
  Slot& slot = slots_[sequence];
  slot.owned = true;
  slot.held = true;
  slot.walker = walker;
  slot.used = ++clock_;
  Fit(sequence, path.first(limit));
  return sequence;
}

// Cuts what does not belong to the path, or all of what cannot be cut, then shares the longest
// continuation that another sequence holds.
void Residency::Fit(int sequence, std::span<const Token> path) {
  std::vector<Token>& tokens = slots_[sequence].tokens;
  int own = CommonPrefix(tokens, path);
  if (own < static_cast<int>(tokens.size()) && !backend_.Whole(sequence)) own = 0;
  if (own < static_cast<int>(tokens.size())) {
    backend_.Remove(sequence, own);
    tokens.resize(own);
  }
  int best = own, source = -1;
  for (size_t other = 0; other < slots_.size(); ++other) {
    const int common = CommonPrefix(slots_[other].tokens, path);
    if (common > best && backend_.Whole(static_cast<int>(other)))
      best = common, source = static_cast<int>(other);
  }
  if (source < 0) return;
  backend_.Share(source, sequence, own, best);
  tokens.assign(path.begin(), path.begin() + best);
}

void Residency::Release(int sequence) {
  slots_[sequence].held = false;
  slots_[sequence].slice = slice_;
}

void Residency::BeginSlice(int absence) {
  ++slice_;
  absence_ = absence;
}

bool Residency::IsActive(const Slot& slot) const {
  return slot.held || (slot.owned && !slot.tokens.empty() && slice_ - slot.slice <= absence_);
}

bool Residency::IsActive(uint64_t walker) const {
  const int sequence = OwnedBy(walker);
  return sequence >= 0 && IsActive(slots_[sequence]);
}

int Residency::active() const {
  return static_cast<int>(
      std::ranges::count_if(slots_, [this](const Slot& slot) { return IsActive(slot); }));
}

void Residency::Leave(uint64_t walker) {
  if (const int sequence = OwnedBy(walker); sequence >= 0) slots_[sequence].owned = false;
}

int Residency::free_slots() const {
  return static_cast<int>(std::ranges::count(slots_, false, &Slot::owned));
}

int Residency::OwnedBy(uint64_t walker) const {
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].owned && slots_[i].walker == walker) return static_cast<int>(i);
  }
  return -1;
}

int Residency::Free() const {
  int best = -1;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].held) continue;
    if (!slots_[i].owned) return static_cast<int>(i);
    if (best < 0 || slots_[i].used < slots_[best].used) best = static_cast<int>(i);
  }
  return best;
}

int Residency::LongestResident(std::span<const Token> path) const {
  int best = 0;
  for (const Slot& slot : slots_) best = std::max(best, CommonPrefix(slot.tokens, path));
  return best;
}

int Residency::ResidentOf(uint64_t walker, std::span<const Token> path) const {
  const int sequence = OwnedBy(walker);
  return sequence < 0 ? 0 : CommonPrefix(slots_[sequence].tokens, path);
}

void Residency::Drop(int sequence) {
  if (slots_[sequence].tokens.empty()) return;
  backend_.Remove(sequence, 0);
  slots_[sequence].tokens.clear();
}

bool Residency::DropLeastRecent() {
  int victim = -1;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].held || slots_[i].tokens.empty()) continue;
    if (victim < 0 || slots_[i].used < slots_[victim].used) victim = static_cast<int>(i);
  }
  if (victim < 0) return false;
  Drop(victim);
  return true;
}

void Residency::Clear() {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Drop(static_cast<int>(i));
    slots_[i] = Slot{};
  }
  clock_ = slice_ = 0;
}

}  // namespace pgts::llm
