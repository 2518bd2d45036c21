// SPDX-License-Identifier: Apache-2.0
// Tells a token that is evaluated for the first time from one that had been dropped, or that
// another context has evaluated too: evaluated paths are remembered by their 64-bit hashes, the
// latest million or two since Clear(), in memory that does not grow (16 MB). What comes back after
// that is not told from what is new. Each time that a token is sampled it may be evaluated once
// more, so that siblings with the same text are not taken for one that was dropped.
//
// Threads: all contexts of an engine share one ledger; the sums do not depend on their order, but
// for what had to be forgotten.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

#include "llm/model_info.h"
#include "llm/token.h"

namespace pgts::llm {

inline constexpr uint64_t kEmptyPathHash = 0x5EED0F9A7B5EED01ULL;
uint64_t ExtendPathHash(uint64_t hash, Token token);
uint64_t ExtendPathHash(uint64_t hash, std::span<const Token> tokens);

class TokenLedger {
 public:
  TokenLedger();

  // purpose: which count takes a first evaluation past the root.
  enum class Purpose { kGenerate, kScore };
  void Evaluated(uint64_t path_hash, bool in_root, Purpose purpose);

  void Generated();                   // a token was sampled
  void MayRead(uint64_t path_hash);   // it was added to a path
  void Decoded(int jobs, int slots);  // an evaluation of so many jobs, of so many that could

  void Clear();  // what was evaluated; the counts go on

  // Not while batchers are running.
  const TokenCounts& counts() const { return counts_; }

 private:
  // A path in 64 bits: the low 16 of its hash, which its set's place tells, make room for its
  // state, bit 0 whether it was evaluated and above it how often sampled and not yet evaluated.
  using Path = uint64_t;
  struct alignas(64) Set {  // a cache line, the latest used first
    std::array<Path, 8> paths{};
  };
  Path& Find(uint64_t path_hash);

  std::mutex mutex_;
  std::vector<Set> sets_;
  bool empty_ = true;
  TokenCounts counts_;
};

}  // namespace pgts::llm
