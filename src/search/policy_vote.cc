// SPDX-License-Identifier: Apache-2.0
#include "search/policy_vote.h"

#include <algorithm>
#include <utility>

#include "search/chains.h"

namespace pgts::search {
namespace {

SearchContext ForSearch(const SearchContext& context, int number) {
  SearchContext own = context;
  own.draw = context.draw.With("search").With(static_cast<uint64_t>(number));
  if (number > 0 && context.further_world) own.world = context.further_world(number);
  return own;
}

// A search as the vote sees it.
ChainResult AsVoter(const SearchResult& result, std::shared_ptr<world::World> world) {
  return {.answer = result.answer.value_or(""),
          .score = result.score,
          .charges = result.charges,
          .depth = result.depth,
          .last_step = result.answer_step,
          .world = std::move(world)};
}

void Add(const SearchResult& search, SearchResult& sum) {
  const int64_t prompt_tokens = search.charges.prompt_tokens;  // the same problem's, counted once
  sum.charges += search.charges;
  sum.charges.prompt_tokens = prompt_tokens;
  sum.nodes += search.nodes;
  sum.actions += search.actions;
  sum.policy_nodes += search.policy_nodes;
  sum.depth = std::max(sum.depth, search.depth);
}

}  // namespace

std::vector<PolicyVoteOptions> PolicyVote::Candidates(PolicyVoteOptions fixed) {
  std::vector<PolicyVoteOptions> candidates;
  for (const double searches : {1.0, 2.0, 3.0, 4.0, 6.0, kUntilTheCap}) {
    candidates.push_back(fixed);
    candidates.back().searches = searches;
  }
  return candidates;
}

Co<SearchResult> PolicyVote::Run(SearchContext context) const {
  const PolicySearch searcher(policy_, options_.search);
  const int count = DrawCount(options_.searches, context.draw);
  int64_t& tokens_left = context.limits.max_tokens;
  const bool budgeted = tokens_left > 0;
  SearchResult sum;
  for (int number = 0; number < count; ++number) {
    SearchContext own = ForSearch(context, number);
    std::shared_ptr<world::World> world = own.world;
    const SearchResult result = co_await searcher.Run(std::move(own));
    Add(result, sum);
    sum.chains.push_back(AsVoter(result, std::move(world)));
    if (result.charges.not_recorded) break;
    if (budgeted && (tokens_left -= result.charges.tokens) <= 0) break;
  }
  Answer(options_.weighted ? ChainVote::kWeighted : ChainVote::kMajority, sum);
  co_return sum;
}

}  // namespace pgts::search
