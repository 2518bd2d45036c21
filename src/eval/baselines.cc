// SPDX-License-Identifier: Apache-2.0
#include "eval/baselines.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "base/jsonl.h"
#include "base/log.h"
#include "eval/named_method.h"
#include "eval/sequential_tuning.h"
#include "search/trace.h"

namespace pgts::eval {
namespace {

// The runs of one comparison: the same problems, worlds and limits for every method.
class Bench {
 public:
  Bench(const Environment& environment, const ComparisonOptions& options, task::Split split, int epoch,
        int64_t count)
      : environment_(environment),
        options_(options),
        split_(split),
        epoch_(epoch),
        problems_(FirstProblems(environment.task, split, count)) {}

  // A method of the list, with values for its knobs ("chains=2.5").
  MethodResult Run(std::string name, std::vector<std::string> knobs, MethodRun run = {}) {
    run.split = split_;
    run.problems = problems_;
    run.epoch = epoch_;
    const int64_t max_tokens = run.limits.max_tokens;
    run.limits = options_.limits;
    run.limits.max_tokens = max_tokens;
    return RunNamedMethod(environment_,
                          {.name = std::move(name),
                           .knobs = std::move(knobs),
                           .greedy = options_.policy,
                           .policy_parameters = options_.policy_parameters,
                           .seed = options_.seed},
                          std::move(run));
  }

  MethodResult Greedy() { return Run("cot_greedy", {}); }
  MethodResult Sampled() {
    return Run("cot_sampled", {fmt::format("chains={}", options_.eval.chains)},
               {.setting = fmt::format("mean of {} chains", options_.eval.chains)});
  }
  MethodResult SelfConsistency(double chains) { return Chains("self_consistency", chains); }
  MethodResult Weighted(double chains) {
    MethodRun run;
    run.on_result = [this](const task::Problem& problem, const search::SearchResult& result,
                           const std::vector<tree::Trajectory>&) { Note(problem, result); };
    return Chains("best_of_n_weighted", chains, std::move(run));
  }
  MethodResult Sequential(const search::SequentialRule& rule) {
    return Run(
        "sequential_best_of_n", AsKnobs(rule),
        {.setting = fmt::format("score >= {:.2f}, N <= {}", rule.threshold, rule.max_chains)});
  }
  MethodResult Heuristic(const search::HeuristicRule& rule) {
    return Run("heuristic", AsKnobs(rule),
               {.setting = fmt::format("branch < {:.2f}, stop >= {:.2f}", rule.branch_below,
                                       rule.terminate_above)});
  }
  MethodResult Uniform(int64_t tokens) {
    return Run(
        "pgts_uniform", {},
        {.setting = fmt::format("budget {} tokens", tokens), .limits = {.max_tokens = tokens}});
  }
  MethodResult Pgts(const std::string& trajectory_folder = "") {
    MethodRun run{.setting = "greedy policy"};
    std::unique_ptr<JsonlWriter> writer;
    if (!trajectory_folder.empty()) {
      writer = std::make_unique<JsonlWriter>(trajectory_folder + "/eval_pgts.jsonl", 0);
      run.on_result = [&writer](const task::Problem& problem, const search::SearchResult&,
                                std::vector<tree::Trajectory> searches) {
        search::WriteTrace({.problem = problem.id,
                            .method = "pgts",
                            .question = problem.question,
                            .gold = problem.gold,
                            .trajectory = std::move(searches.front())},
                           *writer);
      };
    }
    return Run("pgts", {}, std::move(run));
  }

  // What the reward model said of the chains of Weighted; nothing if one grade is missing.
  std::optional<ChainOutcomes> Outcomes() const {
    const int64_t right = std::accumulate(grades_.begin(), grades_.end(), int64_t{0});
    const auto answers = static_cast<int64_t>(grades_.size());
    if (right == 0 || right == answers) return std::nullopt;
    return ChainOutcomes{
        .auc = BootstrapAuc(scores_, grades_, walked_,
                            {.seed = static_cast<uint64_t>(options_.seed), .resamples = 2000}),
        .within_problem = AucWithinProblems(scores_, grades_, walked_),
        .answers = answers,
        .right = right};
  }

  const std::vector<int64_t>& problems() const { return problems_; }

 private:
  MethodResult Chains(std::string name, double chains, MethodRun run = {}) {
    run.setting = fmt::format("N = {:.3g}", chains);
    return Run(std::move(name), {fmt::format("chains={}", chains)}, std::move(run));
  }

  void Note(const task::Problem& problem, const search::SearchResult& result) {
    if (result.charges.not_recorded) return;
    for (const search::ChainResult& chain : result.chains) {
      if (chain.answer.empty()) continue;
      scores_.push_back(chain.score);
      grades_.push_back(environment_.task.Same(chain.answer, problem.gold) ? 1 : 0);
      walked_.push_back(problem.index);
    }
  }

  Environment environment_;
  const ComparisonOptions& options_;
  task::Split split_;
  int epoch_;
  std::vector<int64_t> problems_;
  // Of the chains of Weighted that answer: path score, grade, problem.
  std::vector<double> scores_;
  std::vector<int> grades_;
  std::vector<int64_t> walked_;
};

// The token budget at which uniform search's mean charged tokens meet `target`: bisection, since
// the mean grows with the budget. A budget is overshot by the step under way, so whole tokens.
int64_t TuneUniform(Bench& bench, double target) {
  int64_t low = 1, high = std::max<int64_t>(2, static_cast<int64_t>(2 * target));
  while (high - low > std::max<int64_t>(1, static_cast<int64_t>(0.01 * target))) {
    const int64_t middle = (low + high) / 2;
    const double tokens = bench.Uniform(middle).MeanOf(&ProblemRecord::tokens);
    (tokens < target ? low : high) = middle;
  }
  return high;
}

Knobs Tune(const Environment& environment, const ComparisonOptions& options) {
  Bench bench(environment, options, task::Split::kValidation, world::kValidationEpoch,
              options.eval.tuning_problems);
  Info("setting the baselines' knobs on {} validation problems", bench.problems().size());
  HeuristicSearch heuristic{.problems = bench.problems(), .limits = options.limits};
  double target = 0;
  if (options.policy != nullptr) {
    target = bench.Pgts().MeanOf(&ProblemRecord::tokens);
    heuristic.max_tokens = 1.02 * target;
  }
  const HeuristicChoice best = BestHeuristic(environment, heuristic);
  if (options.policy == nullptr) target = best.tokens;
  Knobs knobs{.heuristic = best.rule};
  const double chain = bench.Sampled().MeanOf(&ProblemRecord::tokens);
  knobs.chains = std::max(1.0, target / chain);
  knobs.sequential = TuneSequential(environment, {.problems = bench.problems(),
                                              .limits = options.limits,
                                              .max_tokens = target,
                                              .max_chains = options.eval.chains});
  knobs.uniform_tokens = TuneUniform(bench, target);
  Info("equal tokens: {} charges {:.1f} a problem there, a sampled chain {:.1f}",
       options.policy != nullptr ? "PGTS" : "the heuristic", target, chain);
  return knobs;
}

void RunBaselines(Bench& bench, const Knobs& knobs, std::vector<MethodResult>& methods) {
  methods.push_back(bench.SelfConsistency(knobs.chains));
  methods.push_back(bench.Weighted(knobs.chains));
  methods.push_back(bench.Sequential(knobs.sequential));
  methods.push_back(bench.Heuristic(knobs.heuristic));
  methods.push_back(bench.Uniform(knobs.uniform_tokens));
}

}  // namespace

Comparison Compare(const Environment& environment, const ComparisonOptions& options) {
  const task::Split split = task::ParseSplit(options.eval.split);
  Comparison comparison{.seed = options.seed};
  std::optional<Knobs> knobs;
  const bool searches = options.policy != nullptr || environment.has_scorer;
  Bench bench(environment, options, split, world::kEvaluationEpoch, options.eval.limit);
  if (options.baselines && searches) knobs = Tune(environment, options);
  std::vector<MethodResult>& methods = comparison.methods;
  methods.push_back(bench.Greedy());
  methods.push_back(bench.Sampled());
  if (knobs) {
    RunBaselines(bench, *knobs, methods);
  } else if (options.policy == nullptr) {
    methods.push_back(bench.SelfConsistency(options.eval.chains));
    if (environment.has_scorer) {
      methods.push_back(bench.Weighted(options.eval.chains));
    } else {
      Info(
          "best_of_n_weighted, sequential_best_of_n, heuristic, pgts_uniform and pgts are left "
          "out: they need a reward model (--reward-model-path)");
    }
  }
  if (options.policy != nullptr) methods.push_back(bench.Pgts(options.trajectory_folder));
  comparison.chain_outcomes = bench.Outcomes();
  KeepCommonProblems(comparison);
  return comparison;
}

}  // namespace pgts::eval
