// SPDX-License-Identifier: Apache-2.0
// Counts evaluated tokens: those evaluated for the first time, and those evaluated again because
// they had left the memory or another context needs them, too. For that it remembers the evaluated
// paths by 64-bit hashes: the latest million or two since Clear(), in 16 MB that do not grow. A
// path that was forgotten counts as new. Each time that a token is sampled, one more evaluation of
// it counts as its first: siblings may have the same text.
//
// Threads: all contexts of an engine share one ledger. The counts do not depend on the order of
// their calls, unless paths were forgotten.
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

  // `purpose` decides which count takes a first evaluation behind the root.
  enum class Purpose { kGenerate, kScore };
  void Evaluated(uint64_t path_hash, bool in_root, Purpose purpose);

  void Generated();                   // a token was sampled
  void MayRead(uint64_t path_hash);   // it now ends this path
  void Decoded(int jobs, int slots);  // one evaluation: `jobs` took part, `slots` could have

  void Clear();  // what was evaluated; the counts go on

  // Not while batchers are running.
  const TokenCounts& counts() const { return counts_; }

 private:
  // A path in 64 bits: the upper 48 of its hash, then its state. Of the state, bit 0 says whether
  // it was evaluated, the others how often it was sampled and not yet evaluated. The low 16 bits of
  // the hash need no room: they follow from the set that the path is in.
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
