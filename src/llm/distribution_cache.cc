// SPDX-License-Identifier: Apache-2.0
#include "llm/distribution_cache.h"

#include <utility>

namespace pgts::llm {

const TokenDistribution* DistributionCache::Find(uint64_t path_hash,
                                                 const SamplingOptions& sampling) const {
  const auto found = entries_.find(path_hash);
  if (found == entries_.end() || *found->second.sampling != sampling) return nullptr;
  return &found->second.candidates;
}

size_t DistributionCache::SizeOf(const TokenDistribution& candidates) {
  return candidates.tokens.size() + kEntrySize;
}

void DistributionCache::Keep(uint64_t path_hash, Sampling sampling, TokenDistribution candidates) {
  const size_t size = SizeOf(candidates);
  if (size > limit_) return;
  const auto [at, is_new] = entries_.try_emplace(path_hash);
  if (is_new) {
    order_.push_back(path_hash);
  } else {
    held_ -= SizeOf(at->second.candidates);
  }
  at->second = {std::move(sampling), std::move(candidates)};
  held_ += size;
  while (held_ > limit_) {
    const auto oldest = entries_.find(order_.front());
    order_.pop_front();
    held_ -= SizeOf(oldest->second.candidates);
    entries_.erase(oldest);
  }
}

void DistributionCache::Clear() {
  entries_.clear();
  order_.clear();
  held_ = 0;
}

}  // namespace pgts::llm
