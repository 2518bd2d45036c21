// SPDX-License-Identifier: Apache-2.0
#include "search/chains.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pgts::search {
namespace {

Co<void> WalkInto(std::shared_ptr<world::World> world, int number, tree::Limits limits, bool scored,
                  ChainResult* into) {
  ChainResult chain = co_await WalkChain(std::move(world), number, limits, scored);
  *into = std::move(chain);
}

}  // namespace

Co<std::vector<ChainResult>> WalkChains(const SearchContext& context, int count, bool scored) {
  std::vector<ChainResult> chains(count);
  std::vector<Co<void>> walks;
  for (int i = 0; i < count; ++i) {
    walks.push_back(WalkInto(context.world, i + 1, context.limits, scored, &chains[i]));
  }
  co_await WhenAll(context.rounds, std::move(walks));
  co_return chains;
}

SearchResult Collect(std::vector<ChainResult> chains) {
  SearchResult result;
  for (const ChainResult& chain : chains) {
    result.charges += chain.charges;
    result.nodes += chain.depth;
    result.actions += chain.depth;
    result.depth = std::max(result.depth, chain.depth);
  }
  if (!chains.empty()) result.charges.prompt_tokens = chains[0].charges.prompt_tokens;
  result.chains = std::move(chains);
  return result;
}

void Vote(bool weighted, SearchResult& result) {
  std::map<std::string, float> votes;
  for (const ChainResult& chain : result.chains) {
    if (!chain.answer.empty()) votes[chain.answer] += weighted ? chain.score : 1.0F;
  }
  for (const ChainResult& chain : result.chains) {
    if (chain.answer.empty()) continue;
    const bool better = !result.answer || votes[chain.answer] > votes[*result.answer];
    const bool same_but_surer = result.answer == chain.answer && chain.score > result.score;
    if (!better && !same_but_surer) continue;
    result.answer = chain.answer;
    result.answer_step = chain.last_step;
    result.score = chain.score;
  }
}

void TakeBest(SearchResult& result) {
  for (const ChainResult& chain : result.chains) {
    if (chain.answer.empty() || (result.answer && chain.score <= result.score)) continue;
    result.answer = chain.answer;
    result.answer_step = chain.last_step;
    result.score = chain.score;
  }
}

}  // namespace pgts::search
