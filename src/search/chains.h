// SPDX-License-Identifier: Apache-2.0
// What the searchers that draw several chains share.
//
// Token budgets. Chains that vote share one budget (limits.max_tokens): with one they are drawn one
// after another, the last is cut off where it ends, and a chain cut off has no answer. Independent
// chains have the budget each.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "search/searcher.h"

namespace pgts::search {

// `count` chains from number `first` on side by side, each with the limits for itself.
struct ChainRange {
  int first = 1;  // world::kGreedyChain: the greedy chain, then 1, 2, ...
  int count = 1;
};
Co<std::vector<ChainResult>> WalkChains(const SearchContext& context, ChainRange range,
                                        std::optional<tree::PathScore> path_score);

// How chains answer. Ties to the answer seen first; chains without an answer have no vote.
enum class ChainVote {
  kFirst,     // the first chain's answer, if it has one
  kMajority,  // the answer that most chains give
  kWeighted,  // the answer with the largest sum of scores
  kBest,      // the answer of the chain with the largest score
};

struct ChainDraws {
  int first = 1;  // as in ChainRange
  int most = 1;
  std::optional<tree::PathScore> path_score;       // nullopt: no step is scored
  std::function<bool(const ChainResult&)> enough;  // ends the drawing; empty: all are drawn
};

// A whole search: chains `first`, `first` + 1, ... that share the limits, side by side where no
// chain decides whether the next one is drawn; then their answer, and all of it for the observer.
Co<SearchResult> DrawAndAnswer(SearchContext context, ChainDraws draws, ChainVote vote);

// How many chains are tried where their number is a hyperparameter. The last number is more than
// any cap on tokens pays for: the cap alone ends the drawing.
inline constexpr double kChainsUntilTheCap = 256;
inline constexpr double kChainCandidates[] = {1, 2, 3, 4, 6, 8, 16, kChainsUntilTheCap};

// `fixed` with each of these numbers of chains.
template <class Options>
std::vector<Options> EachNumberOfChains(Options fixed) {
  std::vector<Options> candidates;
  for (const double chains : kChainCandidates) {
    candidates.push_back(fixed);
    candidates.back().chains = chains;
  }
  return candidates;
}

// What DrawAndAnswer sends out at once for a mean of `chains`, where nothing ends the drawing
// early.
int ChainWalkers(double chains, const tree::Limits& limits);

// Fills in the answer from the chains.
void Answer(ChainVote vote, SearchResult& result);

// Sums charges and sizes, and answers.
SearchResult Conclude(std::vector<ChainResult> chains, ChainVote vote);

// Shows the observer, if there is one, the chains of a concluded search as one tree, chain after
// chain.
void Show(const SearchContext& context, const SearchResult& result);

}  // namespace pgts::search
