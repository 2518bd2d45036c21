// SPDX-License-Identifier: Apache-2.0
#include "eval/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/stop.h"
#include "eval/action_bound.h"

namespace pgts::eval {
namespace {

// Epochs of further seeds: above the reserved ones, below those of searches that vote.
constexpr int kFirstSeedEpoch = 2'000'000;

// Of the tokens of a chain.
constexpr double kCapMultiples[] = {1, 1.5, 2, 3, 4, 6};

int EpochOf(int64_t seed) {
  return seed == 0 ? static_cast<int>(world::kEvaluationEpoch)
                   : kFirstSeedEpoch + static_cast<int>(seed);
}

// An option that is taken for a share of the problems.
struct Taken {
  Option option;
  double share = 1;
};

std::string TextOf(const search::Method& method, const Option& option, bool with_cap) {
  const std::string& text = method.candidates[option.candidate].text;
  if (!with_cap || option.cap == 0) return text;
  return fmt::format("{}{}at most {} tokens", text, text.empty() ? "" : ", ", option.cap);
}

// "chains=2", or of two that are mixed "60 % chains=2; 40 % chains=1".
std::string TextOf(const search::Method& method, const std::vector<Taken>& taken, bool with_cap) {
  if (taken.size() == 1) return TextOf(method, taken.front().option, with_cap);
  std::string text;
  for (const auto& [option, share] : taken) {
    text += fmt::format("{}{:.0f} % {}", text.empty() ? "" : "; ", 100 * share,
                        TextOf(method, option, with_cap));
  }
  return text;
}

class Comparer {
 public:
  Comparer(const Environment& environment, const ComparisonPlan& plan, const CellFolder& folder)
      : environment_(environment),
        plan_(plan),
        folder_(folder),
        runner_(environment, plan.parts),
        caps_(plan.caps),
        tuning_{.split = task::Split::kValidation, .epoch = world::kValidationEpoch},
        table_{.split = plan.split,
               .indices = FirstProblems(environment.task, plan.split, plan.problems)} {}

  Comparison Run() {
    Comparison comparison{.seed = plan_.seed};
    for (const double price : plan_.prices) {
      AddColumn({.choice = Choice::kPrice, .at = price}, comparison);
    }
    const search::Method* reference = ReferenceMethod();
    if (plan_.at_reference_tokens && reference != nullptr) {
      AddColumn({.choice = Choice::kTokens, .at = TokensOf(*reference)}, comparison);
    }
    for (const int budget : plan_.budgets) {
      AddColumn({.choice = Choice::kCap, .at = static_cast<double>(budget)}, comparison);
    }
    KeepCommonProblems(comparison);
    for (Column& column : comparison.columns) {
      for (Point& point : column.points) {
        point.accuracy = AccuracyInterval(point.result, comparison.seed);
      }
    }
    comparison.perfect_actions = PerfectActions();
    return comparison;
  }

 private:
  const search::Method* Find(std::string_view name) const {
    const auto found = std::ranges::find(plan_.methods, name, &search::Method::name);
    return found == plan_.methods.end() ? nullptr : &*found;
  }
  const search::Method* ReferenceMethod() const {
    const search::Method* pgts = Find("pgts");
    return pgts != nullptr ? pgts : Find("heuristic");
  }

  // On validation problems; walked once.
  const Tried& Try(const search::Method& method, const Option& option) {
    const auto [known, is_new] = tried_.try_emplace(method.name);
    std::vector<Tried>& tried = known->second;
    if (is_new) tried = folder_.LoadTuning(method);
    const auto found = std::ranges::find(tried, option, &Tried::option);
    if (found != tried.end()) return *found;
    ThrowIfStopped();
    if (tuning_.indices.empty()) {
      tuning_.indices = FirstProblems(environment_.task, tuning_.split, plan_.tuning_problems);
      Info("settings are chosen on {} validation problems", tuning_.indices.size());
    }
    tried.push_back(runner_.Try(method, option, tuning_, plan_.seed));
    folder_.SaveTuning(method, tried, StoreLengths());
    return tried.back();
  }

  const std::vector<int>& Caps() {
    if (!caps_.empty()) return caps_;
    const search::Method* chains = Find("cot_sampled");
    if (chains == nullptr) {
      throw Error("cot_sampled is compared wherever no caps are given");
    }
    const Outcomes chain = OutcomesOf(std::vector{Try(*chains, {})}, "cot_sampled");
    for (const double multiple : kCapMultiples) {
      caps_.push_back(std::max(1, static_cast<int>(std::lround(multiple * chain.of[0].tokens))));
    }
    return caps_;
  }

  // What is tried of a method for a column of this choice; cap: of that column, or 0.
  std::vector<Option> Options(const search::Method& method, int64_t cap) {
    std::vector<Option> options;
    for (size_t i = 0; i < method.candidates.size(); ++i) {
      const search::Setting& setting = method.candidates[i];
      if (cap > 0) {
        options.push_back({i, cap});
      } else if (setting.until_limits) {
        for (const int each : Caps()) options.push_back({i, each});
      } else if (!setting.keeps_max_nodes) {
        options.push_back({i, 0});
      }
    }
    return options;
  }

  // Of these options of one method and, on the same problems, of the reference where it counts.
  std::vector<Outcome> OutcomesOn(const search::Method& method, const std::vector<Option>& options,
                                  const Tried* reference) {
    std::vector<Tried> tried;
    for (const Option& option : options) tried.push_back(Try(method, option));
    if (reference != nullptr) tried.push_back(*reference);
    Outcomes outcomes = OutcomesOf(tried, std::string(method.name));
    if (outcomes.left_out > 0) {
      Info("{}: {} validation problems are left out: not recorded for all of its settings",
           method.name, outcomes.left_out);
    }
    return std::move(outcomes.of);
  }

  // The one that PGTS's tokens are read off: its first setting, at the run's own price, or the most
  // accurate heuristic.
  Tried ReferenceTried(const search::Method& method) {
    const std::vector<Option> options = Options(method, 0);
    if (method.name == "pgts") return Try(method, options.front());
    const std::vector<Outcome> outcomes = OutcomesOn(method, options, nullptr);
    return Try(method, options[BestAtPrice(outcomes, 0)]);
  }
  double TokensOf(const search::Method& reference) {
    const Outcomes outcomes =
        OutcomesOf(std::vector{ReferenceTried(reference)}, std::string(reference.name));
    Info("{} spends {:.1f} tokens a validation problem", reference.name, outcomes.of[0].tokens);
    return outcomes.of[0].tokens;
  }

  std::vector<Taken> Choose(const search::Method& method, const Column& column) {
    const bool capped = column.choice == Choice::kCap;
    const std::vector<Option> options =
        Options(method, capped ? static_cast<int64_t>(column.at) : 0);
    if (options.size() == 1) return {{options.front()}};
    if (column.choice != Choice::kTokens) {
      const double price = capped ? 0 : column.at;
      return {{options[BestAtPrice(OutcomesOn(method, options, nullptr), price)]}};
    }
    const search::Method& reference = *ReferenceMethod();
    const Tried at = ReferenceTried(reference);
    if (&method == &reference) return {{at.option}};
    std::vector<Outcome> outcomes = OutcomesOn(method, options, &at);
    const double tokens = outcomes.back().tokens;
    outcomes.pop_back();
    std::vector<Taken> taken;
    for (const auto& [outcome, share] : MixAtTokens(outcomes, tokens)) {
      taken.push_back({options[outcome], share});
    }
    std::ranges::stable_sort(taken, std::ranges::greater(), &Taken::share);
    return taken;
  }

  void AddColumn(Column column, Comparison& comparison) {
    for (const search::Method& method : plan_.methods) {
      const std::vector<Taken> taken = Choose(method, column);
      std::vector<Weighted> parts;
      for (const auto& [option, share] : taken) {
        for (const int64_t seed : plan_.seeds) {
          parts.push_back({.result = ResultOf({method, option, seed}), .weight = share});
        }
      }
      Point point{.result = WeightedMean(parts)};
      point.result.setting = TextOf(method, taken, column.choice != Choice::kCap);
      column.points.push_back(std::move(point));
    }
    comparison.columns.push_back(std::move(column));
  }

  const MethodResult& ResultOf(const Cell& cell) {
    const auto [known, is_new] = cells_.try_emplace(cell.Name());
    if (!is_new) return known->second;
    MethodResult& result = known->second;
    if (std::optional<MethodResult> kept = folder_.Load(cell)) return result = *std::move(kept);
    ThrowIfStopped();
    table_.epoch = EpochOf(cell.seed);
    const auto told = plan_.on_result.find(cell.method.name);
    result = runner_.Run(cell.method, cell.option, table_, plan_.seed + cell.seed,
                         told == plan_.on_result.end() ? nullptr : told->second);
    if (!folder_.keeps()) return result;
    folder_.Save(cell, result, StoreLengths());
    const std::string setting = TextOf(cell.method, cell.option, /*with_cap=*/true);
    Info("{}{}, seed {}: accuracy {:.1f} % for {:.1f} tokens a problem", cell.method.name,
         setting.empty() ? "" : " (" + setting + ")", cell.seed, 100 * Mean(result.Correct()),
         result.MeanOf(&ProblemRecord::tokens));
    return result;
  }

  // What a folder keeps of a part stands on stored worlds that reached the disk.
  world::StoreLengths StoreLengths() const {
    if (!folder_.keeps()) return {};
    environment_.store->Sync();
    return environment_.store->lengths();
  }

  static void KeepCommonProblems(Comparison& comparison) {
    std::set<int64_t> missing;
    for (const Column& column : comparison.columns) {
      for (const Point& point : column.points) {
        for (const ProblemRecord& record : point.result.records) {
          if (!record.recorded) missing.insert(record.problem);
        }
      }
    }
    for (Column& column : comparison.columns) {
      for (Point& point : column.points) {
        std::erase_if(point.result.records, [&](const ProblemRecord& record) {
          return missing.contains(record.problem);
        });
      }
    }
    comparison.not_recorded = static_cast<int>(missing.size());
  }

  // For each budget, over seeds and problems of the table.
  std::vector<double> PerfectActions() const {
    const auto sampled = [](const search::Method& method) {
      return method.worlds != search::Worlds::kGreedy;
    };
    if (plan_.budgets.empty() || std::ranges::none_of(plan_.methods, sampled)) return {};
    std::vector<double> needed;
    for (const int64_t seed : plan_.seeds) {
      for (const int64_t index : table_.indices) {
        const task::Problem problem = environment_.task.Get(table_.split, index);
        double least = std::numeric_limits<double>::infinity();
        for (const auto kind : {search::Worlds::kSampled, search::Worlds::kTrees}) {
          const auto world = environment_.WorldsOf(kind)->Open(problem, EpochOf(seed));
          least = std::min(least, TokensToRight(*world, problem));
        }
        needed.push_back(least);
      }
    }
    std::vector<double> shares;
    for (const int budget : plan_.budgets) {
      const auto within =
          std::ranges::count_if(needed, [&](double tokens) { return tokens < budget; });
      shares.push_back(static_cast<double>(within) / static_cast<double>(needed.size()));
    }
    return shares;
  }

  Environment environment_;
  const ComparisonPlan& plan_;
  const CellFolder& folder_;
  SettingRunner runner_;
  std::vector<int> caps_;
  ProblemSet tuning_, table_;
  std::map<std::string_view, std::vector<Tried>> tried_;
  std::map<std::string, MethodResult> cells_;  // by Cell::Name()
};

}  // namespace

Comparison Compare(const Environment& environment, const ComparisonPlan& plan,
                   const CellFolder& folder) {
  return Comparer(environment, plan, folder).Run();
}

}  // namespace pgts::eval
