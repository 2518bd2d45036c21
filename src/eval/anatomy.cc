// SPDX-License-Identifier: Apache-2.0
#include "eval/anatomy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

#include "base/table.h"
#include "eval/action_bound.h"
#include "search/policy_search.h"

namespace pgts::eval {
namespace {

using tree::Action;

constexpr int kScoreBins = 5;
constexpr const char* kPlaces[] = {"at an answer", "inside a solution", "at a dead end"};

// A decision with a choice.
struct State {
  int64_t problem = 0;
  std::vector<Action> before;  // decisions that led there
  Action chosen = Action::kExpand;
  tree::ActionMask legal;
  int place = 0;  // index into kPlaces
  double score = 0;
  double policy_return = 0;
  std::array<std::optional<double>, tree::kActionCount> returns;  // of the forced actions
};

double ReturnOf(const tree::Trajectory& search, double price) {
  double tokens = 0;
  for (const tree::TrajectoryStep& step : search.steps) tokens += step.tokens;
  return (search.correct.value_or(false) ? 1.0 : 0.0) - price * tokens;
}

// The child of the current node; null at the root.
const tree::Child* CurrentChild(const tree::Trajectory& search, size_t step) {
  const tree::NodeId at = search.steps[step].from;
  for (size_t i = 0; i < step; ++i) {
    if (search.steps[i].grown && search.steps[i].to == at) return &search.steps[i].grown->child;
  }
  return nullptr;
}

void AddStates(const tree::Trajectory& search, int64_t problem, double price,
               std::vector<State>& states) {
  std::vector<Action> before;
  for (size_t i = 0; i < search.steps.size(); ++i) {
    const tree::TrajectoryStep& step = search.steps[i];
    const tree::Child* child = CurrentChild(search, i);
    if (step.legal.Count() > 1 && child != nullptr) {
      states.push_back({.problem = problem,
                        .before = before,
                        .chosen = step.decision.action,
                        .legal = step.legal,
                        .place = child->terminal ? 0
                                 : child->dead   ? 2
                                                 : 1,
                        .score = child->score,
                        .policy_return = ReturnOf(search, price)});
    }
    before.push_back(step.decision.action);
  }
}

void Count(const FinishedSearch& search, Losses& losses) {
  const tree::Trajectory& trajectory = search.trajectories.front();
  ++losses.problems;
  if (trajectory.correct.value_or(false)) {
    ++losses.right;
  } else if (std::ranges::any_of(trajectory.steps, [](const tree::TrajectoryStep& step) {
               return step.grown && step.grown->correct.value_or(false);
             })) {
    ++losses.not_chosen;
  } else if (std::isinf(TokensToRight(*search.world, search.problem))) {
    ++losses.nowhere;
  } else if (trajectory.end == tree::End::kTerminated) {
    ++losses.stopped_early;
  } else {
    ++losses.cut_off;
  }
}

// Every so many of them, so that at most `most` are left.
void Thin(std::vector<State>& states, int most) {
  const auto keep = static_cast<size_t>(most);
  if (states.size() <= keep) return;
  std::vector<State> kept;
  for (size_t i = 0; i < keep; ++i) kept.push_back(std::move(states[i * states.size() / keep]));
  states = std::move(kept);
}

std::vector<ForkGroup> GroupsOf(std::vector<State>& states) {
  std::vector<ForkGroup> groups;
  for (int place = 0; place < static_cast<int>(std::size(kPlaces)); ++place) {
    std::vector<const State*> here;
    for (const State& state : states) {
      if (state.place == place) here.push_back(&state);
    }
    std::ranges::stable_sort(here, {}, &State::score);
    const auto bins = std::min<size_t>(kScoreBins, here.size());
    for (size_t bin = 0; bin < bins; ++bin) {
      ForkGroup group{.place = kPlaces[place]};
      for (size_t i = bin * here.size() / bins; i < (bin + 1) * here.size() / bins; ++i) {
        const State& state = *here[i];
        if (group.states++ == 0) group.low = state.score;
        group.high = state.score;
        ++group.chosen[static_cast<int>(state.chosen)];
        group.policy_return += state.policy_return;
        for (int a = 0; a < tree::kActionCount; ++a) {
          if (!state.returns[a]) continue;
          ++group.forced[a];
          group.returns[a] += *state.returns[a];
        }
      }
      group.policy_return /= group.states;
      for (int a = 0; a < tree::kActionCount; ++a) {
        if (group.forced[a] > 0) group.returns[a] /= group.forced[a];
      }
      group.regret =
          std::max(0.0, group.returns[static_cast<int>(group.Best())] - group.policy_return);
      groups.push_back(std::move(group));
    }
  }
  return groups;
}

class Dissector {
 public:
  Dissector(const Environment& environment, const AnatomyPlan& plan)
      : environment_(environment), plan_(plan), client_(environment.rounds, *plan.policy) {}

  Anatomy Run() {
    Search();
    Thin(states_, plan_.max_states);
    Fork();
    anatomy_.groups = GroupsOf(states_);
    double sum = 0;
    for (const ForkGroup& group : anatomy_.groups) sum += group.states * group.regret;
    anatomy_.regret = states_.empty() ? 0 : sum / static_cast<double>(states_.size());
    return std::move(anatomy_);
  }

 private:
  SearchJob JobOf(int64_t problem) const {
    return {.problem = problem,
            .epoch = plan_.problems.epoch,
            .draw = Key("search").With(static_cast<uint64_t>(problem))};
  }

  void Search() {
    std::vector<SearchJob> jobs;
    for (const int64_t problem : plan_.problems.indices) jobs.push_back(JobOf(problem));
    const search::PolicySearch searcher(client_, {});
    double tokens = 0;
    Start(searcher, jobs, [&](const FinishedSearch& search) {
      Count(search, anatomy_.losses);
      tokens += static_cast<double>(search.result.charges.tokens);
      AddStates(search.trajectories.front(), search.problem.index, plan_.limits.token_price,
                states_);
    });
    anatomy_.tokens = tokens / static_cast<double>(std::max<size_t>(1, jobs.size()));
  }

  // Forces every legal action at every state.
  void Fork() {
    std::vector<std::pair<State*, int>> forks;  // a state and an action
    std::vector<std::unique_ptr<search::PolicySearch>> searchers;
    std::vector<SearchJob> jobs;
    for (State& state : states_) {
      state.returns[static_cast<int>(state.chosen)] = state.policy_return;
      for (const Action action : tree::kActions) {
        if (!state.legal.Has(action) || action == state.chosen) continue;
        search::PolicySearchOptions options{.opening = state.before};
        options.opening.push_back(action);
        searchers.push_back(std::make_unique<search::PolicySearch>(client_, std::move(options)));
        jobs.push_back(JobOf(state.problem));
        jobs.back().searcher = searchers.back().get();
        forks.emplace_back(&state, static_cast<int>(action));
      }
    }
    if (jobs.empty()) return;
    Start(*searchers.front(), jobs, [&](const FinishedSearch& search) {
      if (search.result.charges.not_recorded) return;
      const auto& [state, action] = forks[search.job];
      state->returns[action] = ReturnOf(search.trajectories.front(), plan_.limits.token_price);
    });
  }

  void Start(const search::Searcher& searcher, const std::vector<SearchJob>& jobs,
             const std::function<void(const FinishedSearch&)>& on_finished) {
    RunSearches(environment_, {.searcher = &searcher,
                               .worlds = environment_.WorldsOf(search::Worlds::kTrees),
                               .split = plan_.problems.split,
                               .jobs = jobs,
                               .limits = plan_.limits,
                               .on_finished = on_finished});
  }

  const Environment& environment_;
  const AnatomyPlan& plan_;
  search::PolicyClient client_;
  std::vector<State> states_;
  Anatomy anatomy_;
};

}  // namespace

Action ForkGroup::Best() const {
  int best = -1;
  for (int a = 0; a < tree::kActionCount; ++a) {
    // An action that few states of the group allow is compared on other states than the rest.
    if (forced[a] * 2 < states) continue;
    if (best < 0 || returns[a] > returns[best]) best = a;
  }
  return static_cast<Action>(std::max(best, 0));
}

Anatomy Dissect(const Environment& environment, const AnatomyPlan& plan) {
  return Dissector(environment, plan).Run();
}

std::string AnatomyText(const Anatomy& anatomy) {
  const Losses& l = anatomy.losses;
  const auto percent = [&](int count) {
    return fmt::format("{:.1f}", 100.0 * count / std::max(1, l.problems));
  };
  Table losses({{"of the searches"}, {"%", Align::kRight}});
  losses.Row({"right", percent(l.right)});
  losses.Row({"a right answer was grown, another given", percent(l.not_chosen)});
  losses.Row({"none grown, the policy stopped, the world holds one", percent(l.stopped_early)});
  losses.Row({"none grown before the limits, the world holds one", percent(l.cut_off)});
  losses.Row({"nobody has grown one", percent(l.nowhere)});

  std::vector<pgts::Column> columns = {{"place"}, {"score"}, {"states", Align::kRight}};
  for (const std::string_view name : tree::kActionNames) {
    columns.push_back({std::string(name), Align::kRight});
  }
  columns.push_back({"policy", Align::kRight});
  columns.push_back({"regret", Align::kRight});
  Table groups(columns);
  for (const ForkGroup& group : anatomy.groups) {
    std::vector<std::string> row = {group.place,
                                    fmt::format("{:.2f} to {:.2f}", group.low, group.high),
                                    fmt::format("{}", group.states)};
    for (int a = 0; a < tree::kActionCount; ++a) {
      row.push_back(group.forced[a] == 0 ? "-"
                                         : fmt::format("{:.3f} ({:.0f} %)", group.returns[a],
                                                       100.0 * group.chosen[a] / group.states));
    }
    row.push_back(fmt::format("{:.3f}", group.policy_return));
    row.push_back(fmt::format("{:.3f}", group.regret));
    groups.Row(std::move(row));
  }
  return fmt::format(
      "{}\n{:.1f} tokens a search\n\nmean return if each action is forced there and the policy "
      "goes "
      "on (how often it took it)\n{}regret, mean over states: {:.3f}\n",
      losses.Text(), anatomy.tokens, groups.Text(), anatomy.regret);
}

Json ToJson(const Anatomy& anatomy) {
  Json groups = Json::array();
  for (const ForkGroup& group : anatomy.groups) {
    Json actions;
    for (int a = 0; a < tree::kActionCount; ++a) {
      if (group.forced[a] == 0) continue;
      actions[std::string(tree::kActionNames[a])] = {
          {"return", group.returns[a]}, {"searches", group.forced[a]}, {"chosen", group.chosen[a]}};
    }
    groups.push_back({{"place", group.place},
                      {"low", group.low},
                      {"high", group.high},
                      {"states", group.states},
                      {"actions", std::move(actions)},
                      {"policy_return", group.policy_return},
                      {"regret", group.regret}});
  }
  const Losses& l = anatomy.losses;
  return {{"problems", l.problems},     {"right", l.right},
          {"not_chosen", l.not_chosen}, {"stopped_early", l.stopped_early},
          {"cut_off", l.cut_off},       {"nowhere", l.nowhere},
          {"tokens", anatomy.tokens},   {"regret", anatomy.regret},
          {"groups", std::move(groups)}};
}

}  // namespace pgts::eval
