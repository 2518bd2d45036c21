// SPDX-License-Identifier: Apache-2.0
// Tells a token that is evaluated for the first time from one that had been dropped, or that
// another lane has evaluated too: every evaluated path since Clear() is remembered by its 64-bit
// hash. Each time that a token is sampled it may be evaluated once more, so that siblings with the
// same text are not taken for one that was dropped.
//
// Threads: all lanes of an engine share one ledger; the sums do not depend on their order.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_map>

#include "llm/model_info.h"
#include "llm/token.h"

namespace pgts::llm {

inline constexpr uint64_t kEmptyPathHash = 0x5EED0F9A7B5EED01ULL;
uint64_t ExtendPathHash(uint64_t hash, Token token);
uint64_t ExtendPathHash(uint64_t hash, std::span<const Token> tokens);

class TokenLedger {
 public:
  // purpose: which count takes a first evaluation past the root.
  enum class Purpose { kGenerate, kScore };
  void Evaluated(uint64_t path_hash, bool in_root, Purpose purpose);

  void Generated();                  // a token was sampled
  void MayRead(uint64_t path_hash);  // it was added to a path
  void Requested(int64_t requests);
  void Decoded(int seated, int places);  // an evaluation of so many jobs, in a lane of that width

  void Clear();  // what was evaluated; the counts go on

  // Not while lanes are running.
  const TokenCounts& counts() const { return counts_; }

 private:
  struct Path {
    uint32_t unread = 0;  // times sampled and not yet evaluated
    bool evaluated = false;
  };

  std::mutex mutex_;
  std::unordered_map<uint64_t, Path> seen_;
  TokenCounts counts_;
};

}  // namespace pgts::llm
