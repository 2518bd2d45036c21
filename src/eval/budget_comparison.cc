// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_comparison.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"

namespace pgts::eval {
namespace {

Candidate KnobsOf(const Cell& cell, CellRunner& runner, const Environment& environment,
                  const CellFolder& folder) {
  if (std::optional<Candidate> known = folder.LoadKnobs(cell)) return *known;
  const Candidate candidate = runner.Tune(cell);
  environment.store->Sync();
  folder.SaveKnobs(cell, candidate, environment.store->lengths());
  return candidate;
}

MethodResult ResultOf(const Cell& cell, CellRunner& runner, const Environment& environment,
                      const CellFolder& folder) {
  if (std::optional<MethodResult> known = folder.Load(cell)) return *known;
  ThrowIfStopped();
  const Candidate candidate = KnobsOf(cell, runner, environment, folder);
  ThrowIfStopped();
  MethodResult result = runner.Run(cell, candidate);
  environment.store->Sync();
  folder.Save(cell, result, environment.store->lengths());
  Info("{} at {} tokens, seed {}: accuracy {:.1f} % for {:.1f} tokens a problem{}", cell.method,
       cell.budget, cell.seed, 100 * Mean(result.Correct()), result.MeanOf(&ProblemRecord::tokens),
       result.setting.empty() ? "" : " (" + result.setting + ")");
  return result;
}

// Of one run of cot_sampled: what the list of methods fixes.
int SampledChains() {
  const std::unique_ptr<search::MethodSetup> setup = search::FindMethod("cot_sampled").setup();
  OptionSet options;
  setup->Declare("cot_sampled", options);
  return std::stoi(options.Value("cot_sampled.chains"));
}

bool WalksSampledWorlds(const MethodCurve& curve) {
  return search::FindMethod(curve.method).worlds == search::Worlds::kSampled;
}

std::vector<double> PerfectActions(const CellRunner& runner, const BudgetComparison& comparison) {
  std::vector<double> shares;
  if (std::ranges::none_of(comparison.curves, WalksSampledWorlds)) return shares;
  const std::vector<double> needed = runner.TokensToRight();
  for (const int64_t budget : comparison.budgets) {
    const auto within = std::ranges::count_if(
        needed, [&](double tokens) { return tokens < static_cast<double>(budget); });
    shares.push_back(static_cast<double>(within) / static_cast<double>(needed.size()));
  }
  return shares;
}

}  // namespace

std::vector<std::string> MethodsToRun(const CellRunner& runner, const CompareSettings& settings) {
  std::vector<std::string> names;
  for (const search::Method& method : search::Methods()) {
    const bool named = std::ranges::find(settings.methods, method.name) != settings.methods.end();
    const bool can = runner.CanServe(method);
    if (named && !can) {
      throw Error::Format(
          "compare.methods: {} needs a reward model{}, which is not there; name a trained run by "
          "compare.run",
          method.name, method.needs == search::Needs::kScores ? "" : " and a trained policy");
    }
    if (can && (named || settings.methods.empty())) names.emplace_back(method.name);
  }
  return names;
}

BudgetComparison CompareBudgets(const Environment& environment, const CellParts& parts,
                                const CellFolder& folder) {
  const CompareSettings& settings = parts.settings;
  CellRunner runner(environment, parts);
  BudgetComparison comparison{.budgets = {settings.budgets.begin(), settings.budgets.end()}};
  for (const std::string& name : MethodsToRun(runner, settings)) {
    comparison.curves.push_back({.method = name});
  }
  for (const int64_t budget : comparison.budgets) {
    for (MethodCurve& curve : comparison.curves) {
      std::vector<MethodResult> seeds;
      for (const int64_t seed : settings.seeds) {
        seeds.push_back(ResultOf({curve.method, budget, seed}, runner, environment, folder));
      }
      curve.points.push_back(MakePoint(budget, seeds));
    }
  }
  comparison.sampled_chains = SampledChains() * static_cast<int>(settings.seeds.size());
  comparison.perfect_actions = PerfectActions(runner, comparison);
  return comparison;
}

}  // namespace pgts::eval
