// SPDX-License-Identifier: Apache-2.0
#include "llm/token_ledger.h"

namespace pgts::llm {
namespace {

// Beyond this many paths (about 200 MB) the ledger starts anew, and a token that comes back after
// that counts as new.
constexpr size_t kMaxPaths = size_t{1} << 22;

}  // namespace

uint64_t ExtendPathHash(uint64_t hash, Token token) {  // SplitMix64 over the tokens
  uint64_t x = hash ^ (static_cast<uint32_t>(token) + 0x9E3779B97F4A7C15ULL);
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

void TokenLedger::Evaluated(uint64_t path_hash, bool in_root, Purpose purpose) {
  if (seen_.size() >= kMaxPaths) seen_.clear();
  uint8_t& seen = seen_[path_hash];
  if (seen & kEvaluated) {
    ++counts_.reevaluated;
  } else if (in_root) {
    ++counts_.prompt;
  } else if (purpose == Purpose::kScore) {
    ++counts_.scored;
  } else if (seen & kSampled) {
    ++counts_.evaluated;
  } else {
    ++counts_.restored;
  }
  seen |= kEvaluated;
}

TokenCounts& operator+=(TokenCounts& total, const TokenCounts& part) {
  total.prompt += part.prompt;
  total.generated += part.generated;
  total.evaluated += part.evaluated;
  total.scored += part.scored;
  total.reevaluated += part.reevaluated;
  total.restored += part.restored;
  total.decodes += part.decodes;
  total.requests += part.requests;
  return total;
}

}  // namespace pgts::llm
