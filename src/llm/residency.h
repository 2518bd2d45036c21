// SPDX-License-Identifier: Apache-2.0
// Which tokens are resident where. A lane has a fixed number of sequences; a walker sits on one of
// them and keeps it from request to request, so that going on costs only what is new and going
// back is a cut. A walker without a sequence takes an unused one, else the least recently used
// one that is not held; whatever part of its path is resident in any other sequence is shared
// instead of evaluated again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "llm/machine.h"
#include "llm/token.h"

namespace pgts::llm {

// Length of the longest common prefix.
int CommonPrefix(std::span<const Token> a, std::span<const Token> b);

class Residency {
 public:
  Residency(int sequences, Machine& machine) : machine_(machine), seats_(sequences) {}

  // Holds a sequence for the walker and makes as much of path[0, limit) resident in it as can be
  // had without evaluation. Nothing if every sequence is held.
  std::optional<int> Take(uint64_t walker, std::span<const Token> path, int limit);

  // The walker keeps its sequence, but others may now take it.
  void Release(int sequence);

  // The walker gives its sequence up; what is resident in it may still be shared. No-op for one
  // that has none.
  void Leave(uint64_t walker);
  bool Seats(uint64_t walker) const { return OwnedBy(walker) >= 0; }
  int unseated() const;  // sequences that no walker has

  // A walker is active while its sequence is held, and, as long as something is resident in it,
  // until `absence` turns after the one in which it was held.
  void BeginTurn(int absence);
  bool IsActive(uint64_t walker) const;
  int active() const;

  // Records what Evaluate has made resident.
  void Append(int sequence, Token token) { seats_[sequence].tokens.push_back(token); }

  const std::vector<Token>& resident(int sequence) const { return seats_[sequence].tokens; }

  // The longest part of `path` resident in any sequence; its own walker's sequence; 0 if none.
  int LongestResident(std::span<const Token> path) const;
  int ResidentOf(uint64_t walker, std::span<const Token> path) const;

  // Empties a sequence (held or not).
  void Drop(int sequence);

  // Empties the least recently used sequence that is neither held nor empty; false if there is
  // none.
  bool DropLeastRecent();

  // Empties all and forgets who sat where.
  void Clear();

 private:
  struct Seat {
    bool owned = false;
    bool held = false;
    uint64_t walker = 0;
    int64_t used = 0;  // time of the last Take
    int64_t turn = 0;  // in which it was held last
    std::vector<Token> tokens;
  };

  bool IsActive(const Seat& seat) const;
  int OwnedBy(uint64_t walker) const;  // -1 if none
  int Free() const;                    // -1 if all are held
  void Fit(int sequence, std::span<const Token> path);

  Machine& machine_;
  std::vector<Seat> seats_;
  int64_t clock_ = 0;
  int64_t turn_ = 0;
  int absence_ = 0;
};

}  // namespace pgts::llm
