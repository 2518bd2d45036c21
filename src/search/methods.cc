// SPDX-License-Identifier: Apache-2.0
#include "search/methods.h"

#include <algorithm>
#include <string>
#include <vector>

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
      {"cot_greedy", "chain of thought, greedy", kWorld, Plain<ChainOfThought>(), Worlds::kGreedy},
      SampledChains(kSampledChains),
      {"self_consistency", "majority of chains", kWorld, Plain<SelfConsistency>()},

      {"best_of_n", "chain with the best last score", kScores, Plain<BestOfN>()},
      {"best_of_n_min", "... least score", kScores, Plain<BestOfN>({.path_score = kMin})},
      {"best_of_n_product", "... product", kScores, Plain<BestOfN>({.path_score = kProduct})},
      {"best_of_n_mean", "... mean", kScores, Plain<BestOfN>({.path_score = kMean})},
      {"best_of_n_weighted", "vote of chains by last score", kScores,
       Plain<BestOfN>({.weighted = true})},
      {"best_of_n_min_weighted", "... least score", kScores,
       Plain<BestOfN>({.path_score = kMin, .weighted = true})},
      {"best_of_n_product_weighted", "... product", kScores,
       Plain<BestOfN>({.path_score = kProduct, .weighted = true})},
      {"best_of_n_mean_weighted", "... mean", kScores,
       Plain<BestOfN>({.path_score = kMean, .weighted = true})},
      {"sequential_best_of_n", "chains until one scores enough", kScores,
       Plain<SequentialBestOfN>()},

      {"beam", "step-level beam search", kScores, Plain<BeamSearch>()},
      {"beam_weighted", "... vote of its answers", kScores, Plain<BeamSearch>({.answer = kByVote})},
      {"dvts", "diverse verifier tree search", kScores, Plain<Dvts>()},
      {"dvts_weighted", "... vote of its answers", kScores, Plain<Dvts>({.answer = kByVote})},
      {"mcts", "UCT by reward-model values", kScores, Plain<Mcts>()},
      {"mcts_rollout", "UCT by rollouts", kScores, Plain<Mcts>({.value = MctsValue::kRollout})},

      {"heuristic", "thresholds over the four actions", kScores, Rule<HeuristicPolicy>()},
      {"pgts_uniform", "uniform over the four actions", kScores, Rule<UniformPolicy>()},
      {"pgts", "PGTS, greedy policy", kGreedyPolicy, Greedy<PolicySearch>()},
      {"pgts_sampled", "PGTS, sampled policy", kSampledPolicy, Sampled<PolicySearch>()},
      {"pgts_vote", "majority of sampled PGTS", kSampledPolicy, Sampled<PolicyVote>()},
      {"pgts_vote_weighted", "... weighted", kSampledPolicy,
       Sampled<PolicyVote>({.weighted = true})},
  };
}

}  // namespace

Method SampledChains(int chains) {
  return {"cot_sampled",    "chain of thought, mean of several",
          kWorld,           Plain<ChainOfThought>({.chains = chains}),
          Worlds::kSampled, Counting::kEachChain};
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
