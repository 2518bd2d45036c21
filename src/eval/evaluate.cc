// SPDX-License-Identifier: Apache-2.0
#include "eval/evaluate.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/jsonl.h"
#include "base/log.h"
#include "eval/compare.h"
#include "search/best_of_n.h"
#include "search/method_settings.h"
#include "search/self_consistency.h"
#include "search/trace.h"

namespace pgts::eval {
namespace {

// What the reward model says of chains, and whether they are right. Chain i of a problem is the
// same for every setting that draws it.
class ChainScores {
 public:
  void Note(const task::Problem& problem, const search::SearchResult& result) {
    if (result.charges.not_recorded) return;
    for (size_t i = 0; i < result.chains.size(); ++i) {
      const search::ChainResult& chain = result.chains[i];
      if (chain.answer.empty()) continue;
      const int grade = problem.IsRight(chain.answer) ? 1 : 0;
      chains_.try_emplace({problem.index, i}, chain.score, grade);
    }
  }

  // Nothing if one grade is missing.
  std::optional<ChainOutcomes> Outcomes(int64_t seed) const {
    std::vector<double> scores;
    std::vector<int> grades;
    std::vector<int64_t> problems;
    for (const auto& [place, chain] : chains_) {
      problems.push_back(place.first);
      scores.push_back(chain.first);
      grades.push_back(chain.second);
    }
    const auto answers = static_cast<int64_t>(grades.size());
    const int64_t right = std::ranges::count(grades, 1);
    if (right == 0 || right == answers) return std::nullopt;
    const BootstrapOptions bootstrap{.seed = static_cast<uint64_t>(seed), .resamples = 2000};
    return ChainOutcomes{.auc = BootstrapAuc(scores, grades, problems, bootstrap),
                         .within_problem = AucWithinProblems(scores, grades, problems),
                         .answers = answers,
                         .right = right};
  }

 private:
  std::map<std::pair<int64_t, size_t>, std::pair<double, int>> chains_;  // score, grade
};

// With one setting, and so nothing to choose.
search::Method With(std::string_view name, search::Setting setting) {
  search::Method method = search::FindMethod(name);
  method.candidates = {std::move(setting)};
  return method;
}

std::vector<search::Method> MethodsOf(const EvaluationOptions& options, bool baselines) {
  const double chains = options.eval.chains;
  std::vector<search::Method> methods = {search::FindMethod("cot_greedy"),
                                         search::SampledChains(options.eval.chains)};
  if (baselines) {
    for (const char* name : {"self_consistency", "best_of_n_weighted", "sequential_best_of_n",
                             "greedy_then_sample", "heuristic", "pgts_uniform"}) {
      methods.push_back(search::FindMethod(name));
    }
  } else if (options.policy == nullptr) {
    methods.push_back(
        With("self_consistency", search::One<search::SelfConsistency>({.chains = chains})));
    methods.push_back(With("best_of_n_weighted",
                           search::One<search::BestOfN>({.chains = chains, .weighted = true})));
  }
  if (options.policy != nullptr) {
    const search::Method& pgts = search::FindMethod("pgts");
    // Alone it goes by the price that it is told.
    methods.push_back(baselines ? pgts : With("pgts", pgts.candidates.front()));
  }
  return methods;
}

void LeaveOut(const SettingRunner& runner, std::vector<search::Method>& methods) {
  std::vector<std::string_view> left_out;
  std::erase_if(methods, [&](const search::Method& method) {
    if (runner.CanServe(method)) return false;
    left_out.push_back(method.name);
    return true;
  });
  if (left_out.empty()) return;
  Info("left out, for want of a reward model (--reward-model-path){}: {}",
       runner.environment().GreedyFirst() ? "" : " or of worlds that begin greedily (world.first)",
       fmt::join(left_out, ", "));
}

}  // namespace

Comparison Evaluate(const Environment& environment, const EvaluationOptions& options) {
  const bool baselines = options.baselines && environment.has_scorer;
  ComparisonPlan plan{.methods = MethodsOf(options, baselines),
                      .parts = {.limits = options.limits,
                                .greedy = options.policy,
                                .policy_parameters = options.policy_parameters},
                      .split = task::ParseSplit(options.eval.split),
                      .problems = options.eval.limit,
                      .tuning_problems = options.eval.tuning_problems,
                      .seed = options.seed,
                      .at_reference_tokens = baselines};
  LeaveOut(SettingRunner(environment, plan.parts), plan.methods);
  if (!baselines) plan.prices = {0};  // where no method has a choice

  ChainScores chains;
  plan.on_result["best_of_n_weighted"] =
      [&](const task::Problem& problem, const search::SearchResult& result,
          const std::vector<tree::Trajectory>&) { chains.Note(problem, result); };
  std::unique_ptr<JsonlWriter> decisions;
  if (options.policy != nullptr && !options.trajectory_folder.empty()) {
    decisions = std::make_unique<JsonlWriter>(options.trajectory_folder + "/eval_pgts.jsonl", 0);
    plan.on_result["pgts"] = [&](const task::Problem& problem, const search::SearchResult&,
                                 std::vector<tree::Trajectory> searches) {
      search::WriteTrace({.problem = problem.id,
                          .method = "pgts",
                          .question = problem.question,
                          .gold = problem.gold,
                          .trajectory = std::move(searches.front())},
                         *decisions);
    };
  }
  Comparison comparison = Compare(environment, plan);
  comparison.sampled_chains = options.eval.chains;
  comparison.chain_outcomes = chains.Outcomes(options.seed);
  return comparison;
}

}  // namespace pgts::eval
