// SPDX-License-Identifier: Apache-2.0
#include "labels/monte_carlo.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/progress.h"
#include "task/step_check.h"
#include "world/chain.h"

namespace pgts::labels {
namespace {

using world::Step;

// A rollout or a completion, graded.
struct Chain {
  std::vector<const Step*> steps;  // those with tokens
  bool answered = false;
  bool right = false;
  bool recorded = true;
  bool ends_in_tokens = false;  // steps.back() is where it ended
};

// One rollout with its completions: a walker that goes down its path, then goes on from each step.
class RolloutLabeller {
 public:
  RolloutLabeller(const RolloutParts& parts, const RolloutPlan& plan, const task::Problem& problem)
      : parts_(parts),
        plan_(plan),
        problem_(problem),
        walker_(parts.worlds.Open(problem, plan.epoch)) {}

  // rollout: 0, 1, ... Nothing if the world could not say.
  Co<std::optional<LabelledSolution>> Label(int rollout) {
    const int first = walker_.world().greedy_first() ? world::kGreedyChain : 1;
    const int attempt = world::FirstAttempt(walker_.world(), first + rollout);
    const Chain chain = co_await Walk({.attempt = attempt});
    if (!chain.recorded || chain.steps.empty()) {
      stats_.not_recorded += chain.recorded ? 0 : 1;
      stats_.rollouts += chain.recorded ? 1 : 0;
      co_return std::nullopt;
    }
    CountRollout(chain);
    LabelledSolution solution = Begin(chain);
    bool lost = false;  // no completion of an earlier step is right
    for (size_t i = 0; i < chain.steps.size(); ++i) {
      LabelledStep& step = solution.steps[i];
      const bool is_last = i + 1 == chain.steps.size();
      if (OutcomeSaysNothing(is_last)) continue;
      if (!lost) {
        step.tried = 1;
        step.right = chain.right ? 1 : 0;
        const bool is_end = is_last && chain.ends_in_tokens;
        const int own = world::AttemptBelow(walker_.world(), attempt);
        if (!is_end) co_await Complete(chain.steps[i]->id, own, step);
      }
      step.label = step.right > 0 ? 1 : 0;
      if (plan_.soft_labels && step.tried > 0) {
        step.soft = static_cast<double>(step.right) / step.tried;
      }
      lost = plan_.infer_after_wrong && step.label == 0;
    }
    if (stats_.not_recorded > 0) co_return std::nullopt;
    co_return solution;
  }

  const RolloutStats& Finish() {
    stats_.tokens = walker_.charges().tokens;
    stats_.computed_tokens = walker_.charges().computed_tokens;
    return stats_;
  }

 private:
  // Of a step before the last, where no completion was tried from it.
  bool OutcomeSaysNothing(bool is_last) const {
    return plan_.completions == 1 && !plan_.outcome_for_all && !is_last;
  }

  Co<Chain> Walk(world::ChainStart start) {
    const world::Chain walked =
        co_await world::WalkChain(walker_, start, {.max_depth = plan_.max_depth});
    Chain chain{.recorded = walked.recorded};
    for (const Step* step : walked.steps) {
      chain.ends_in_tokens = !step->raw.tokens.empty();
      if (chain.ends_in_tokens) chain.steps.push_back(step);
      if (step->terminal) {
        chain.answered = true;
        chain.right = problem_.IsRight(step->answer);
      }
    }
    co_return chain;
  }

  // `own`: the attempt by which the rollout itself goes on.
  Co<void> Complete(int node, int own, LabelledStep& step) {
    const auto settled = [&] { return !plan_.soft_labels && step.right > 0; };
    for (int attempt = 1; !settled() && step.tried < plan_.completions; ++attempt) {
      if (attempt == own) continue;
      const Chain chain = co_await Walk({.node = node, .attempt = attempt});
      if (!chain.recorded) {
        ++stats_.not_recorded;
        co_return;
      }
      ++step.tried;
      step.right += chain.right ? 1 : 0;
      ++stats_.completions;
      stats_.right_completions += chain.right ? 1 : 0;
    }
  }

  void CountRollout(const Chain& chain) {
    ++stats_.rollouts;
    stats_.answered += chain.answered ? 1 : 0;
    stats_.right += chain.right ? 1 : 0;
    stats_.steps += static_cast<int64_t>(chain.steps.size());
    stats_.truncated += std::ranges::count(chain.steps, true, &Step::truncated);
    stats_.answers_with_separator +=
        chain.answered && chain.steps.back()->raw.end == llm::StepEnd::kSeparator ? 1 : 0;
  }

  LabelledSolution Begin(const Chain& chain) const {
    const Step& root = walker_.world().step(world::kRootStep);
    LabelledSolution solution{.problem = problem_.id,
                              .index = problem_.index,
                              .source = Source::kRollout,
                              .grade = chain.right ? 1 : 0,
                              .prompt = llm::PathTokens(*root.prefix)};
    std::vector<std::string> texts;
    for (const Step* step : chain.steps) {
      solution.steps.push_back({.tokens = step->raw.tokens, .log_prob = step->raw.log_prob});
      texts.push_back(step->raw.text);
    }
    FillTextEvidence(problem_.question, texts, chain.answered, solution);
    if (parts_.task.name() == "word_problems") {
      const std::vector<bool> correct = task::CheckSteps(problem_, texts);
      for (size_t i = 0; i < correct.size(); ++i) solution.steps[i].exact = correct[i] ? 1 : 0;
    }
    return solution;
  }

  const RolloutParts& parts_;
  const RolloutPlan& plan_;
  const task::Problem& problem_;
  world::Walker walker_;
  RolloutStats stats_;
};

// Rollouts of a chunk for each one in flight. With more of them an interruption costs more, with
// fewer the batches run empty more often, at the end of each chunk.
constexpr int64_t kRolloutsOfAWalker = 16;

int64_t Chunks(const RolloutPlan& plan) {
  const int64_t chunk = kRolloutsOfAWalker * plan.concurrent;
  const int64_t rounded = (plan.problems * plan.rollouts + chunk / 2) / chunk;
  return std::clamp<int64_t>(rounded, 1, std::max<int64_t>(1, plan.problems));
}

// All rollouts of all problems, `concurrent` at a time, in one order.
class Sampler {
 public:
  Sampler(const RolloutParts& parts, const RolloutPlan& plan)
      : parts_(parts),
        plan_(plan),
        total_(plan.problems * plan.rollouts),
        results_(static_cast<size_t>(total_)),
        progress_(plan.label, total_, "solutions") {}

  RolloutData Run() {
    const int64_t chunks = Chunks(plan_);
    const auto begin = [&](int64_t i) { return i * plan_.problems / chunks * plan_.rollouts; };
    for (int64_t i = 0; i < chunks; ++i) RunChunk(begin(i), begin(i + 1));
    progress_.Finish();
    for (std::optional<LabelledSolution>& result : results_) {
      if (result) data_.solutions.push_back(*std::move(result));
    }
    return std::move(data_);
  }

 private:
  void RunChunk(int64_t begin, int64_t end) {
    if (parts_.before_chunk) parts_.before_chunk();
    parts_.rounds.RunEach(begin, end, plan_.concurrent, [this](int64_t i) { return Solve(i); });
    if (parts_.after_chunk) parts_.after_chunk();
  }

  Co<void> Solve(int64_t index) {
    const task::Problem problem =
        parts_.task.Get(plan_.split, plan_.first_problem + index / plan_.rollouts);
    RolloutLabeller labeller(parts_, plan_, problem);
    std::optional<LabelledSolution> solution =
        co_await labeller.Label(static_cast<int>(index % plan_.rollouts));
    results_[static_cast<size_t>(index)] = std::move(solution);
    data_.stats += labeller.Finish();
    Show();
  }

  void Show() {
    progress_.SetNote(fmt::format("{:.0f} % right, {} completions, {} tokens",
                                  100 * data_.stats.RightShare(), data_.stats.completions,
                                  data_.stats.tokens));
    progress_.Advance();
  }

  const RolloutParts& parts_;
  const RolloutPlan& plan_;
  int64_t total_;
  std::vector<std::optional<LabelledSolution>> results_;
  RolloutData data_;
  Progress progress_;
};

using StatsField = std::pair<const char*, int64_t RolloutStats::*>;
constexpr StatsField kFields[] = {{"rollouts", &RolloutStats::rollouts},
                                  {"answered", &RolloutStats::answered},
                                  {"right", &RolloutStats::right},
                                  {"steps", &RolloutStats::steps},
                                  {"truncated", &RolloutStats::truncated},
                                  {"answers_with_separator", &RolloutStats::answers_with_separator},
                                  {"completions", &RolloutStats::completions},
                                  {"right_completions", &RolloutStats::right_completions},
                                  {"not_recorded", &RolloutStats::not_recorded},
                                  {"tokens", &RolloutStats::tokens}};

}  // namespace

RolloutStats& RolloutStats::operator+=(const RolloutStats& other) {
  for (const auto& [name, field] : kFields) this->*field += other.*field;
  computed_tokens += other.computed_tokens;
  return *this;
}

Json ToJson(const RolloutStats& stats) {
  Json json;
  for (const auto& [name, field] : kFields) json[name] = stats.*field;
  return json;
}

RolloutStats StatsFromJson(const Json& json) {
  RolloutStats stats;
  for (const auto& [name, field] : kFields) stats.*field = json.value(name, int64_t{0});
  return stats;
}

void CheckProblems(const task::Task& task, const RolloutPlan& plan) {
  const int64_t size = task.Size(plan.split);
  if (plan.first_problem + plan.problems > size) {
    throw Error::Format(
        "phase 1 wants {} {} problems from number {}, and {} has {}: lower "
        "reward_data.{}_problems",
        plan.problems, task::SplitName(plan.split), plan.first_problem, task.name(), size,
        task::SplitName(plan.split));
  }
}

RolloutData SampleRollouts(const RolloutParts& parts, const RolloutPlan& plan) {
  CheckProblems(parts.task, plan);
  return Sampler(parts, plan).Run();
}

}  // namespace pgts::labels
