// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"

namespace pgts::eval {
namespace {

Candidate KnobsOf(const Cell& cell, CellRunner& runner, Session& session,
                  const CellFolder& folder) {
  if (std::optional<Candidate> known = folder.LoadKnobs(cell)) return *known;
  const Candidate candidate = runner.Tune(cell);
  session.store()->Sync();
  folder.SaveKnobs(cell, candidate, session.store()->lengths());
  return candidate;
}

MethodResult ResultOf(const Cell& cell, CellRunner& runner, Session& session,
                      const CellFolder& folder) {
  if (std::optional<MethodResult> known = folder.Load(cell)) return *known;
  ThrowIfStopped();
  const Candidate candidate = KnobsOf(cell, runner, session, folder);
  ThrowIfStopped();
  MethodResult result = runner.Run(cell, candidate);
  session.store()->Sync();
  folder.Save(cell, result, session.store()->lengths());
  Info("{} at {} tokens, seed {}: accuracy {:.1f} % for {:.1f} tokens a problem{}", cell.method,
       cell.budget, cell.seed, 100 * Mean(result.Correct()), result.MeanOf(&ProblemRecord::tokens),
       result.setting.empty() ? "" : " (" + result.setting + ")");
  return result;
}

constexpr double ProblemRecord::*kAveraged[] = {
    &ProblemRecord::correct, &ProblemRecord::answered, &ProblemRecord::flexible_correct,
    &ProblemRecord::oracle,  &ProblemRecord::tokens,   &ProblemRecord::computed_tokens,
    &ProblemRecord::nodes,   &ProblemRecord::depth,    &ProblemRecord::actions,
    &ProblemRecord::flops,   &ProblemRecord::seconds};

MethodResult MeanOverSeeds(const std::vector<MethodResult>& seeds) {
  MethodResult mean = seeds.front();
  const double n = static_cast<double>(seeds.size());
  for (size_t i = 0; i < mean.records.size(); ++i) {
    for (double ProblemRecord::*field : kAveraged) {
      double sum = 0;
      for (const MethodResult& seed : seeds) sum += seed.records[i].*field;
      mean.records[i].*field = sum / n;
    }
    for (const MethodResult& seed : seeds) mean.records[i].recorded &= seed.records[i].recorded;
  }
  return mean;
}

// What the walkers of one seed's sampled worlds found, by problem: the least right_within.
class CheapestRight {
 public:
  void Add(const MethodResult& result, int64_t seed) {
    for (const ProblemRecord& record : result.records) {
      const auto [at, fresh] = least_.try_emplace({seed, record.problem}, record.right_within);
      if (!fresh) at->second = std::min(at->second, record.right_within);
    }
  }
  double Share(int64_t budget) const {
    const auto fits = [&](const auto& found) { return found.second < static_cast<double>(budget); };
    return static_cast<double>(std::ranges::count_if(least_, fits)) /
           static_cast<double>(least_.size());
  }
  bool empty() const { return least_.empty(); }

 private:
  std::map<std::pair<int64_t, int64_t>, double> least_;  // (seed, problem)
};

void DropNotRecorded(BudgetComparison& comparison) {
  Comparison all;
  for (MethodCurve& curve : comparison.curves) {
    for (BudgetPoint& point : curve.points) all.methods.push_back(std::move(point.result));
  }
  KeepCommonProblems(all);
  size_t next = 0;
  for (MethodCurve& curve : comparison.curves) {
    for (BudgetPoint& point : curve.points) point.result = std::move(all.methods[next++]);
  }
  comparison.not_recorded = all.not_recorded;
}

// Walks along a curve on a log scale of cost.
double Between(double x, std::pair<double, double> a, std::pair<double, double> b) {
  return a.first == b.first
             ? b.second
             : a.second + (b.second - a.second) * (x - a.first) / (b.first - a.first);
}

}  // namespace

const MethodCurve* BudgetComparison::Find(std::string_view method) const {
  const auto found = std::ranges::find(curves, method, &MethodCurve::method);
  return found == curves.end() ? nullptr : &*found;
}

size_t BudgetComparison::problems() const {
  return curves.empty() ? 0 : curves.front().points.front().result.records.size();
}

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

BudgetComparison CompareBudgets(Session& session, const CellParts& parts,
                                const CellFolder& folder) {
  CellRunner runner(session, parts);
  BudgetComparison comparison;
  for (const std::string& name : MethodsToRun(runner, parts.settings)) {
    comparison.curves.push_back({.method = name});
  }
  comparison.budgets.assign(parts.settings.budgets.begin(), parts.settings.budgets.end());
  CheapestRight cheapest;
  for (const int64_t budget : comparison.budgets) {
    for (MethodCurve& curve : comparison.curves) {
      const bool sampled = search::FindMethod(curve.method).worlds == search::Worlds::kSampled;
      std::vector<MethodResult> seeds;
      for (const int64_t seed : parts.settings.seeds) {
        seeds.push_back(ResultOf({curve.method, budget, seed}, runner, session, folder));
        if (sampled) cheapest.Add(seeds.back(), seed);
      }
      curve.points.push_back({.budget = budget, .result = MeanOverSeeds(seeds)});
    }
  }
  if (!cheapest.empty()) {
    for (const int64_t budget : comparison.budgets) {
      comparison.perfect_actions.push_back(cheapest.Share(budget));
    }
  }
  DropNotRecorded(comparison);
  return comparison;
}

std::vector<PassAtK> PassAt(const MethodResult& sampled, int chains) {
  std::vector<PassAtK> passes;
  for (int k = 1; k <= chains; k *= 2) {
    std::vector<double> shares;
    for (const ProblemRecord& record : sampled.records) {
      const int wrong = chains - static_cast<int>(std::lround(record.correct * chains));
      double none = 1;  // of k drawn without replacement, none is right
      for (int i = 0; i < k; ++i) none *= std::max(0, wrong - i) / static_cast<double>(chains - i);
      shares.push_back(1 - none);
    }
    passes.push_back({.k = k, .share = Mean(shares)});
  }
  return passes;
}

double MeanOf(const BudgetPoint& point, double ProblemRecord::*field) {
  return point.result.MeanOf(field);
}

std::optional<double> AccuracyAt(const MethodCurve& curve, double ProblemRecord::*cost,
                                 double value) {
  const double x = std::log(value);
  const BudgetPoint& last = curve.points.back();
  if (x >= std::log(MeanOf(last, cost))) return MeanOf(last, &ProblemRecord::correct);
  for (size_t i = 1; i < curve.points.size(); ++i) {
    const BudgetPoint &a = curve.points[i - 1], &b = curve.points[i];
    const double low = std::log(MeanOf(a, cost)), high = std::log(MeanOf(b, cost));
    if (x < low || x > high) continue;
    return Between(x, {low, MeanOf(a, &ProblemRecord::correct)},
                   {high, MeanOf(b, &ProblemRecord::correct)});
  }
  return std::nullopt;
}

std::optional<double> CostOf(const MethodCurve& curve, double ProblemRecord::*cost,
                             double accuracy) {
  std::optional<std::pair<double, double>> before;  // accuracy, log cost
  for (const BudgetPoint& point : curve.points) {
    const std::pair<double, double> now = {MeanOf(point, &ProblemRecord::correct),
                                           std::log(MeanOf(point, cost))};
    if (now.first >= accuracy) {
      return std::exp(before ? Between(accuracy, *before, now) : now.second);
    }
    before = now;
  }
  return std::nullopt;
}

}  // namespace pgts::eval
