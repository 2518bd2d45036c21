// SPDX-License-Identifier: Apache-2.0
#include "search/methods.h"

#include <algorithm>

#include "base/error.h"
#include "base/options.h"
#include "search/beam_search.h"
#include "search/best_of_n.h"
#include "search/cot.h"
#include "search/dvts.h"
#include "search/heuristic_policy.h"
#include "search/mcts.h"
#include "search/method_settings.h"
#include "search/policy_vote.h"
#include "search/self_consistency.h"
#include "search/sequential_best_of_n.h"
#include "search/uniform_policy.h"

namespace pgts::search {
namespace {

using enum Needs;
using enum tree::PathScore;

constexpr AnswerChoice kByVote{.rule = tree::AnswerRule::kVote};

std::vector<Method> List() {
  return {
      {"cot_greedy", kWorld, Plain<ChainOfThought>({.greedy = true}), Worlds::kGreedy},
      SampledChains(kSampledChains),
      {"self_consistency", kWorld, Plain<SelfConsistency>()},

      {"best_of_n", kScores, Plain<BestOfN>()},
      {"best_of_n_min", kScores, Plain<BestOfN>({.path_score = kMin})},
      {"best_of_n_product", kScores, Plain<BestOfN>({.path_score = kProduct})},
      {"best_of_n_mean", kScores, Plain<BestOfN>({.path_score = kMean})},
      {"best_of_n_weighted", kScores, Plain<BestOfN>({.weighted = true})},
      {"best_of_n_min_weighted", kScores, Plain<BestOfN>({.path_score = kMin, .weighted = true})},
      {"best_of_n_product_weighted", kScores,
       Plain<BestOfN>({.path_score = kProduct, .weighted = true})},
      {"best_of_n_mean_weighted", kScores, Plain<BestOfN>({.path_score = kMean, .weighted = true})},
      {"best_of_n_distinct", kScores, Plain<BestOfN>(), Worlds::kTrees},
      {"sequential_best_of_n", kScores, Plain<SequentialBestOfN>()},
      {"greedy_then_sample", kScores, Plain<SequentialBestOfN>({.greedy_first = true}),
       Worlds::kGreedyFirst},

      {"beam", kScores, Plain<BeamSearch>(), Worlds::kTrees},
      {"beam_weighted", kScores, Plain<BeamSearch>({.answer = kByVote}), Worlds::kTrees},
      {"dvts", kScores, Plain<Dvts>(), Worlds::kTrees},
      {"dvts_weighted", kScores, Plain<Dvts>({.answer = kByVote}), Worlds::kTrees},
      {"mcts", kScores, Plain<Mcts>(), Worlds::kTrees},
      {"mcts_rollout", kScores, Plain<Mcts>({.value = MctsValue::kRollout}), Worlds::kTrees},

      {"heuristic", kScores, Rule<HeuristicPolicy>(), Worlds::kTrees},
      {"pgts_uniform", kScores, Rule<UniformPolicy>(), Worlds::kTrees},
      {"pgts", kGreedyPolicy, Greedy<PolicySearch>(), Worlds::kTrees},
      {"pgts_sampled", kSampledPolicy, Sampled<PolicySearch>(), Worlds::kTrees},
      {"pgts_vote", kSampledPolicy, Sampled<PolicyVote>(), Worlds::kTrees},
      {"pgts_vote_weighted", kSampledPolicy, Sampled<PolicyVote>({.weighted = true}),
       Worlds::kTrees},
  };
}

}  // namespace

Method SampledChains(int chains) {
  return {"cot_sampled", kWorld, Plain<ChainOfThought>({.chains = chains}), Worlds::kSampled,
          Counting::kEachChain};
}

std::span<const Method> Methods() {
  static const std::vector<Method> methods = List();
  return methods;
}

const Method& FindMethod(std::string_view name, std::string_view place) {
  std::vector<std::string> names;
  for (const Method& method : Methods()) {
    if (method.name == name) return method;
    names.emplace_back(method.name);
  }
  throw Error::Format("{}unknown method \"{}\"; did you mean \"{}\"? All are: {}", place, name,
                      Nearest(name, names), fmt::join(names, ", "));
}

}  // namespace pgts::search
