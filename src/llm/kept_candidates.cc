// SPDX-License-Identifier: Apache-2.0
#include "llm/kept_candidates.h"

#include <utility>

namespace pgts::llm {

const Candidates* KeptCandidates::Find(uint64_t path_hash, const SamplingOptions& sampling) const {
  const auto found = entries_.find(path_hash);
  if (found == entries_.end() || *found->second.sampling != sampling) return nullptr;
  return &found->second.candidates;
}

void KeptCandidates::Keep(uint64_t path_hash, Sampling sampling, Candidates candidates) {
  Erase(path_hash);
  held_ += candidates.tokens.size();
  entries_.emplace(path_hash, Entry{std::move(sampling), std::move(candidates)});
  order_.push_back(path_hash);
  while (held_ > limit_ && !order_.empty()) {
    const uint64_t oldest = order_.front();
    order_.pop_front();
    Erase(oldest);
  }
}

void KeptCandidates::Erase(uint64_t path_hash) {
  const auto found = entries_.find(path_hash);
  if (found == entries_.end()) return;
  held_ -= found->second.candidates.tokens.size();
  entries_.erase(found);
}

void KeptCandidates::Clear() {
  entries_.clear();
  order_.clear();
  held_ = 0;
}

}  // namespace pgts::llm
