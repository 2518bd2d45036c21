// SPDX-License-Identifier: Apache-2.0
#include "search/chains.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "search/tree_walk.h"

namespace pgts::search {
namespace {

struct ChainOrder {
  int number;
  tree::Limits limits;
  std::optional<tree::PathScore> path_score;
};

Co<void> WalkInto(std::shared_ptr<world::World> world, ChainOrder order, ChainResult* into) {
  ChainResult chain =
      co_await WalkChain(std::move(world), order.number, order.limits, order.path_score);
  *into = std::move(chain);
}

void Take(const ChainResult& chain, SearchResult& result) {
  result.answer = chain.answer;
  result.answer_step = chain.last_step;
  result.answer_world = chain.world;
  result.score = chain.score;
}

// Its last step is named even if it states no answer: what there is to read.
void TakeFirst(SearchResult& result) {
  if (result.chains.empty()) return;
  const ChainResult& first = result.chains.front();
  if (!first.answer.empty()) result.answer = first.answer;
  result.answer_step = first.last_step;
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
    if (better || same_but_surer) Take(chain, result);
  }
}

void TakeBest(SearchResult& result) {
  for (const ChainResult& chain : result.chains) {
    if (chain.answer.empty() || (result.answer && chain.score <= result.score)) continue;
    Take(chain, result);
  }
}

// The limits of the tree that these chains make: only a shared token budget ends it.
tree::Limits TreeLimits(tree::Limits limits, const SearchResult& result) {
  limits.max_nodes = std::max(limits.max_nodes, result.nodes + 1);
  limits.max_width = std::max(limits.max_width, static_cast<int>(result.chains.size()));
  limits.max_actions = 0;
  return limits;
}

// Steps of the world from the first below the root down to `last`; empty for the root.
std::vector<int> StepsTo(const world::World& world, int last) {
  std::vector<int> steps;
  for (int at = last; at != world::kRootStep; at = world.step(at).parent) steps.push_back(at);
  std::reverse(steps.begin(), steps.end());
  return steps;
}

class ChainsOnShow {
 public:
  ChainsOnShow(const SearchContext& context, const SearchResult& result)
      : world_(*context.world),
        observer_(*context.observer),
        result_(result),
        tree_(TreeLimits(context.limits, result)) {}

  void Add(const ChainResult& chain) {
    if (tree_.current() != tree::kRoot) tree_.GoTo(tree::kRoot);
    const std::vector<int> steps = StepsTo(world_, chain.last_step);
    for (size_t i = 0; i < steps.size(); ++i) {
      const bool asked = i < chain.step_scores.size();
      Grow(world_.step(steps[i]), asked ? chain.step_scores[i] : std::nullopt);
    }
  }

  void End() {
    tree_.Conclude();
    observer_.Ended(tree_, answer_);
  }

 private:
  void Grow(const world::Step& step, std::optional<float> score) {
    if (step.raw.end == llm::StepEnd::kNothingLeft) return;  // no node of a tree
    observer_.Before(tree_, kAskNext);
    tree_.Apply(tree::Action::kExpand, ToChild(step, score));
    observer_.After(tree_);
    if (!result_.answer || step.id != result_.answer_step) return;
    answer_ =
        tree::Answer{.node = tree_.current(), .text = *result_.answer, .score = result_.score};
  }

  const world::World& world_;
  tree::SearchObserver& observer_;
  const SearchResult& result_;
  tree::Tree tree_;
  std::optional<tree::Answer> answer_;
};

}  // namespace

Co<std::vector<ChainResult>> WalkChains(const SearchContext& context, ChainRange range,
                                        std::optional<tree::PathScore> path_score) {
  std::vector<ChainResult> chains(range.count);
  std::vector<Co<void>> walks;
  for (int i = 0; i < range.count; ++i) {
    const ChainOrder order{
        .number = range.first + i, .limits = context.limits, .path_score = path_score};
    walks.push_back(WalkInto(context.world, order, &chains[i]));
  }
  co_await WhenAll(context.rounds, std::move(walks));
  co_return chains;
}

Co<SearchResult> DrawAndAnswer(SearchContext context, ChainDraws draws, ChainVote vote) {
  std::vector<ChainResult> chains;
  tree::Limits left = context.limits;
  const bool budgeted = left.max_tokens > 0;
  if (!budgeted && !draws.enough) {
    const ChainRange all{.first = draws.first, .count = draws.most};
    chains = co_await WalkChains(context, all, draws.path_score);
    draws.most = 0;
  }
  while (static_cast<int>(chains.size()) < draws.most) {
    const int next = draws.first + static_cast<int>(chains.size());
    ChainResult chain = co_await WalkChain(context.world, next, left, draws.path_score);
    const ChainResult& drawn = chains.emplace_back(std::move(chain));
    if (drawn.charges.not_recorded || (draws.enough && draws.enough(drawn))) break;
    if (budgeted && (left.max_tokens -= drawn.charges.tokens) <= 0) break;
  }
  SearchResult result = Conclude(std::move(chains), vote);
  Show(context, result);
  co_return result;
}

int ChainWalkers(double chains, const tree::Limits& limits) {
  return limits.max_tokens > 0 ? 1 : static_cast<int>(std::ceil(chains));
}

void Answer(ChainVote vote, SearchResult& result) {
  switch (vote) {
    case ChainVote::kFirst: TakeFirst(result); break;
    case ChainVote::kMajority: Vote(/*weighted=*/false, result); break;
    case ChainVote::kWeighted: Vote(/*weighted=*/true, result); break;
    case ChainVote::kBest: TakeBest(result); break;
  }
}

SearchResult Conclude(std::vector<ChainResult> chains, ChainVote vote) {
  SearchResult result;
  for (const ChainResult& chain : chains) {
    result.charges += chain.charges;
    result.nodes += chain.depth;
    result.actions += chain.depth;
    result.depth = std::max(result.depth, chain.depth);
  }
  if (!chains.empty()) result.charges.prompt_tokens = chains[0].charges.prompt_tokens;
  result.chains = std::move(chains);
  Answer(vote, result);
  return result;
}

void Show(const SearchContext& context, const SearchResult& result) {
  if (context.observer == nullptr) return;
  ChainsOnShow show(context, result);
  for (const ChainResult& chain : result.chains) show.Add(chain);
  if (!result.charges.not_recorded) show.End();
}

}  // namespace pgts::search
