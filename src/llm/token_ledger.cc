// SPDX-License-Identifier: Apache-2.0
#include "llm/token_ledger.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace pgts::llm {
namespace {

constexpr size_t kSets = size_t{1} << 18;

constexpr uint64_t kEvaluated = 1;
constexpr uint64_t kSampledOnce = 2;
constexpr uint64_t kState = 0xFFFF;
static_assert(kSets > kState);  // the place of a set tells what the state takes of a hash

bool Unread(uint64_t path) { return (path & kState) >= kSampledOnce; }

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

TokenLedger::TokenLedger() : sets_(kSets) {}

// A path that is not known takes the place of its set's least recently used.
TokenLedger::Path& TokenLedger::Find(uint64_t path_hash) {
  empty_ = false;
  auto& set = sets_[path_hash % kSets].paths;
  const uint64_t tag = path_hash & ~kState;
  auto found = std::ranges::find(set, tag, [](Path path) { return path & ~kState; });
  if (found == set.end()) *--found = tag;
  std::rotate(set.begin(), found, found + 1);
  return set.front();
}

void TokenLedger::Evaluated(uint64_t path_hash, bool in_root, Purpose purpose) {
  const std::lock_guard lock(mutex_);
  Path& path = Find(path_hash);
  if (purpose == Purpose::kGenerate && Unread(path)) {
    path -= kSampledOnce;
    ++counts_.evaluated;
  } else if (path & kEvaluated) {
    ++counts_.reevaluated;
  } else if (in_root) {
    ++counts_.prompt;
  } else if (purpose == Purpose::kScore) {
    ++counts_.scored;
  } else {
    ++counts_.restored;
  }
  path |= kEvaluated;
}

void TokenLedger::Generated() {
  const std::lock_guard lock(mutex_);
  ++counts_.generated;
}

void TokenLedger::MayRead(uint64_t path_hash) {
  const std::lock_guard lock(mutex_);
  Path& path = Find(path_hash);
  if ((path & kState) + kSampledOnce <= kState) path += kSampledOnce;
}

void TokenLedger::Decoded(int jobs, int slots) {
  const std::lock_guard lock(mutex_);
  ++counts_.decodes;
  counts_.jobs += jobs;
  counts_.slots += slots;
  const size_t bin = std::bit_width(static_cast<unsigned>(jobs)) - 1;
  ++counts_.widths[std::min(bin, counts_.widths.size() - 1)];
}

void TokenLedger::Clear() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(empty_, true)) std::ranges::fill(sets_, Set{});
}

}  // namespace pgts::llm
