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

class KeptCandidates {
 public:
  using Sampling = std::shared_ptr<const SamplingOptions>;

  explicit KeptCandidates(size_t max_candidates = size_t{1} << 19) : limit_(max_candidates) {}

  // Null if nothing is kept for this path under equal options. Valid until the next Keep.
  const Candidates* Find(uint64_t path_hash, const SamplingOptions& sampling) const;
  void Keep(uint64_t path_hash, Sampling sampling, Candidates candidates);
  void Clear();

 private:
  struct Entry {
    Sampling sampling;
    Candidates candidates;
  };

  static constexpr size_t kEntrySize = 16;  // what an entry takes by itself, in candidates
  static size_t SizeOf(const Candidates& candidates);

  size_t limit_;
  size_t held_ = 0;  // of all entries
  std::unordered_map<uint64_t, Entry> entries_;
  std::deque<uint64_t> order_;
};

}  // namespace pgts::llm
