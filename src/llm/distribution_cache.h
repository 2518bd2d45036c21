// SPDX-License-Identifier: Apache-2.0
// What may follow a node's end, kept so that a second child costs no evaluation. Bounded: the
// oldest go first; what is too large by itself (the vocabulary whole) is not kept.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>

#include "llm/generator.h"
#include "llm/sampler.h"

namespace pgts::llm {

class DistributionCache {
 public:
  using Sampling = std::shared_ptr<const SamplingOptions>;

  explicit DistributionCache(size_t max_candidates = size_t{1} << 19) : limit_(max_candidates) {}

  // Null if nothing is kept for this path under equal options. Valid until the next Keep.
  const TokenDistribution* Find(uint64_t path_hash, const SamplingOptions& sampling) const;
  void Keep(uint64_t path_hash, Sampling sampling, TokenDistribution candidates);
  void Clear();

 private:
  struct Entry {
    Sampling sampling;
    TokenDistribution candidates;
  };

  static constexpr size_t kEntrySize = 16;  // what an entry takes by itself, in candidates
  static size_t SizeOf(const TokenDistribution& candidates);

  size_t limit_;
  size_t held_ = 0;  // of all entries
  std::unordered_map<uint64_t, Entry> entries_;
  std::deque<uint64_t> order_;
};

}  // namespace pgts::llm
