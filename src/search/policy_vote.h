// SPDX-License-Identifier: Apache-2.0
// n policy searches that vote: self-consistency (Wang et al., ICLR 2023) over searches instead of
// chains. With a policy that samples its actions they are n sampled PGTS searches.
//
//   plain     the answer that most searches give
//   weighted  the answer with the largest sum of the searches' scores
// Ties to the answer seen first. n may be fractional, as in self_consistency.h.
//
// Each search walks a world of its own (SearchContext::further_world): in one world their first
// steps would be the same, and they would agree for the wrong reason. They run one after another
// and share the token budget; depth, nodes and width are limits of each. Every step is scored.
#pragma once

#include "search/policy_search.h"
#include "world/world_source.h"

namespace pgts::search {

struct PolicyVoteOptions {
  double searches = 4;  // their mean number
  bool weighted = false;
  PolicySearchOptions search;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("searches", searches,
      {.min = 1, .max = world::kMaxVoters, .help = "Searches, their mean number"});
  }
};

class PolicyVote : public Searcher {
 public:
  // The client must outlive the searcher and everything that it runs.
  using Options = PolicyVoteOptions;
  static std::vector<Options> Candidates(Options fixed);
  static bool UntilLimits(const Options& options) { return options.searches >= kUntilTheCap; }
  PolicyVote(PolicyClient& policy, Options options)
      : policy_(policy), options_(std::move(options)) {}
  Co<SearchResult> Run(SearchContext context) const override;

 private:
  static constexpr double kUntilTheCap = world::kMaxVoters;  // more than any cap pays for

  PolicyClient& policy_;
  Options options_;
};

}  // namespace pgts::search
