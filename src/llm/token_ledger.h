// SPDX-License-Identifier: Apache-2.0
// Tells a token that is evaluated for the first time from one that had been dropped: every
// evaluated path since Clear() is remembered by its 64-bit hash. What two lanes evaluate of one
// path counts as evaluated twice.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "llm/model_info.h"
#include "llm/token.h"

namespace pgts::llm {

inline constexpr uint64_t kEmptyPathHash = 0x5EED0F9A7B5EED01ULL;
uint64_t ExtendPathHash(uint64_t hash, Token token);

class TokenLedger {
 public:
  void Sampled(uint64_t path_hash) { seen_[path_hash] |= kSampled; }

  // purpose: which count takes a first evaluation past the root.
  enum class Purpose { kGenerate, kScore };
  void Evaluated(uint64_t path_hash, bool in_root, Purpose purpose);

  void Clear() { seen_.clear(); }
  TokenCounts& counts() { return counts_; }
  const TokenCounts& counts() const { return counts_; }

 private:
  static constexpr uint8_t kSampled = 1;
  static constexpr uint8_t kEvaluated = 2;

  std::unordered_map<uint64_t, uint8_t> seen_;
  TokenCounts counts_;
};

TokenCounts& operator+=(TokenCounts& total, const TokenCounts& part);

}  // namespace pgts::llm
