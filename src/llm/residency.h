// SPDX-License-Identifier: Apache-2.0
// Which tokens are resident where. A context has a fixed number of sequences, each of them a slot
// for one walker. A walker keeps its slot from request to request, so that going on costs only what
// is new and going back is a cut. A walker without a slot takes an unused one, else the least
// recently used one that is not held; whatever part of its path is resident in any other sequence
// is shared instead of evaluated again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "llm/kv_backend.h"
#include "llm/token.h"

namespace pgts::llm {

// Length of the longest common prefix.
int CommonPrefix(std::span<const Token> a, std::span<const Token> b);

class Residency {
 public:
  Residency(int sequences, KvBackend& backend) : backend_(backend), slots_(sequences) {}

  // Holds a sequence for the walker and makes as much of path[0, limit) resident in it as can be
  // had without evaluation. Nothing if every sequence is held.
  std::optional<int> Take(uint64_t walker, std::span<const Token> path, int limit);

  // The walker keeps its sequence, but others may now take it.
  void Release(int sequence);

  // The walker gives its sequence up; what is resident in it may still be shared. No-op for one
  // that has none.
  void Leave(uint64_t walker);
  bool HasSlot(uint64_t walker) const { return OwnedBy(walker) >= 0; }
  int free_slots() const;  // slots that no walker has

  // A walker is active while its sequence is held. It stays active for `absence` more slices, as
  // long as something is resident in its sequence.
  void BeginSlice(int absence);
  bool IsActive(uint64_t walker) const;
  int active() const;

  // Records what Evaluate has made resident.
  void Append(int sequence, Token token) { slots_[sequence].tokens.push_back(token); }

  const std::vector<Token>& resident(int sequence) const { return slots_[sequence].tokens; }

  // Tokens of the longest part of `path` that is resident in any sequence, or in the walker's own.
  int LongestResident(std::span<const Token> path) const;
  int ResidentOf(uint64_t walker, std::span<const Token> path) const;

  // Empties a sequence (held or not).
  void Drop(int sequence);

  // Empties the least recently used sequence that is neither held nor empty; false if there is
  // none.
  bool DropLeastRecent();

  // Empties all slots and forgets whose they were.
  void Clear();

 private:
  struct Slot {
    bool owned = false;
    bool held = false;
    uint64_t walker = 0;
    int64_t used = 0;   // time of the last Take
    int64_t slice = 0;  // in which it was held last
    std::vector<Token> tokens;
  };

  bool IsActive(const Slot& slot) const;
  int OwnedBy(uint64_t walker) const;  // -1 if none
  int Free() const;                    // -1 if all are held
  void Fit(int sequence, std::span<const Token> path);

  KvBackend& backend_;
  std::vector<Slot> slots_;
  int64_t clock_ = 0;
  int64_t slice_ = 0;
  int absence_ = 0;
};

}  // namespace pgts::llm
