// SPDX-License-Identifier: Apache-2.0
#include "llm/token_ledger.h"

#include <algorithm>
#include <bit>

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

uint64_t ExtendPathHash(uint64_t hash, std::span<const Token> tokens) {
  for (const Token token : tokens) hash = ExtendPathHash(hash, token);
  return hash;
}

void TokenLedger::Evaluated(uint64_t path_hash, bool in_root, Purpose purpose) {
  const std::lock_guard lock(mutex_);
  if (seen_.size() >= kMaxPaths) seen_.clear();
  Path& path = seen_[path_hash];
  if (purpose == Purpose::kGenerate && path.unread > 0) {
    --path.unread;
    ++counts_.evaluated;
  } else if (path.evaluated) {
    ++counts_.reevaluated;
  } else if (in_root) {
    ++counts_.prompt;
  } else if (purpose == Purpose::kScore) {
    ++counts_.scored;
  } else {
    ++counts_.restored;
  }
  path.evaluated = true;
}

void TokenLedger::Generated() {
  const std::lock_guard lock(mutex_);
  ++counts_.generated;
}

void TokenLedger::MayRead(uint64_t path_hash) {
  const std::lock_guard lock(mutex_);
  ++seen_[path_hash].unread;
}

void TokenLedger::Requested(int64_t requests) {
  const std::lock_guard lock(mutex_);
  counts_.requests += requests;
}

void TokenLedger::Decoded(int seated, int places) {
  const std::lock_guard lock(mutex_);
  ++counts_.decodes;
  counts_.seated += seated;
  counts_.places += places;
  const size_t bin = std::bit_width(static_cast<unsigned>(seated)) - 1;
  ++counts_.widths[std::min(bin, counts_.widths.size() - 1)];
}

void TokenLedger::Clear() {
  const std::lock_guard lock(mutex_);
  seen_.clear();
}

}  // namespace pgts::llm
