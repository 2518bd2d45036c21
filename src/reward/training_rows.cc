// SPDX-License-Identifier: Apache-2.0
#include "reward/training_rows.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace pgts::reward {
namespace {

double SourceWeight(labels::Source source, const RowOptions& options) {
  switch (source) {
    case labels::Source::kRollout: return options.rollout_weight;
    case labels::Source::kCorruption:
    case labels::Source::kReference: return options.corruption_weight;
    case labels::Source::kImport: return options.import_weight;
  }
  return 0;
}

TrainingRow MakeRow(std::span<const labels::LabelledSolution* const> solutions,
                    const RowOptions& options) {
  TrainingRow row{.tree = BuildTokenTree(solutions, options.max_length),
                  .solutions = static_cast<int>(solutions.size())};
  std::vector<std::vector<ScoredStep>> truths;
  for (const labels::LabelledSolution* solution : solutions) truths.push_back(Truth(*solution));
  for (const Reading& reading : row.tree.readings) {
    const labels::LabelledSolution& solution = *solutions[reading.solution];
    const std::optional<int>& label = solution.steps[reading.step].label;
    row.label.push_back(label.value_or(-1));
    row.target.push_back(solution.steps[reading.step].Target());
    row.weight.push_back(label ? ExampleWeight(solution.source, row.target.back(), options) : 0);
    row.truth.push_back(truths[reading.solution][reading.step]);
  }
  return row;
}

// A tree needs one first token: solutions of a problem that another prompt opened go elsewhere.
std::vector<std::vector<const labels::LabelledSolution*>> Group(
    std::span<const labels::LabelledSolution> solutions, const RowOptions& options) {
  std::vector<std::vector<const labels::LabelledSolution*>> groups;
  std::map<std::pair<std::string_view, llm::Token>, size_t> open;
  int64_t examples = 0;
  for (const labels::LabelledSolution& solution : solutions) {
    if (solution.prompt.empty()) continue;
    if (options.max_examples > 0 && examples >= options.max_examples) break;
    examples += labels::ExampleCount(solution);
    const auto [at, is_new] =
        open.try_emplace({solution.problem, solution.prompt.front()}, groups.size());
    const bool full =
        !is_new && static_cast<int>(groups[at->second].size()) >= options.solutions_per_row;
    if (full) at->second = groups.size();
    if (is_new || full) groups.emplace_back();
    groups[at->second].push_back(&solution);
  }
  return groups;
}

RowBatches Cut(std::span<const TrainingRow> rows, std::span<const int> order, int solutions) {
  RowBatches batches;
  int filled = solutions;
  for (const int index : order) {
    if (filled >= solutions) {
      batches.emplace_back();
      filled = 0;
    }
    batches.back().push_back(index);
    filled += rows[index].solutions;
  }
  return batches;
}

void SortByLength(std::span<const TrainingRow> rows, std::span<int> order) {
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return rows[a].tree.size() < rows[b].tree.size(); });
}

std::vector<int> AllOf(std::span<const TrainingRow> rows) {
  std::vector<int> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

}  // namespace

RowOptions RowWeights(const TrainingOptions& training) {
  return {.rollout_weight = training.rollout_weight,
          .corruption_weight = training.corruption_weight,
          .import_weight = training.import_weight};
}

double ExampleWeight(labels::Source source, double target, const RowOptions& options) {
  const double of_label = target * options.right_weight + (1 - target) * options.wrong_weight;
  return of_label * SourceWeight(source, options);
}

std::vector<ScoredStep> Truth(const labels::LabelledSolution& solution) {
  std::vector<ScoredStep> steps;
  const auto problem = static_cast<int64_t>(Key(solution.problem).value());
  world::PathEvidence path;
  for (const labels::LabelledStep& step : solution.steps) {
    if (step.log_prob) path.Add(*step.log_prob, step.tokens.size());
    path.wrong_equations = step.wrong_equations;
    path.unused_numbers = step.unused_numbers;
    path.finished = step.terminal;
    steps.push_back({.path = path,
                     .label = step.label,
                     .exact = step.exact,
                     .problem = problem,
                     .depth = static_cast<int>(steps.size()) + 1});
  }
  if (!steps.empty()) steps.back().grade = solution.grade;
  return steps;
}

std::vector<TrainingRow> MakeRows(std::span<const labels::LabelledSolution> solutions,
                                  const RowOptions& options) {
  std::vector<TrainingRow> rows;
  for (const auto& group : Group(solutions, options)) {
    TrainingRow row = MakeRow(group, options);
    if (!row.tree.readings.empty()) rows.push_back(std::move(row));
  }
  return rows;
}

RowOptions Balanced(const RowOptions& options, std::span<const TrainingRow> rows) {
  double right = 0, wrong = 0;
  for (const TrainingRow& row : rows) {
    for (size_t i = 0; i < row.label.size(); ++i) {
      right += row.weight[i] * row.target[i];
      wrong += row.weight[i] * (1 - row.target[i]);
    }
  }
  return Balanced(options, right, wrong);
}

RowOptions Balanced(const RowOptions& options, double right, double wrong) {
  RowOptions balanced = options;
  if (right > 0 && wrong > 0) {
    balanced.right_weight *= (right + wrong) / (2 * right);
    balanced.wrong_weight *= (right + wrong) / (2 * wrong);
  }
  return balanced;
}

int64_t TooLongCount(std::span<const labels::LabelledSolution> solutions, int max_length) {
  int64_t count = 0;
  for (const labels::LabelledSolution& solution : solutions) {
    size_t length = solution.prompt.size();
    for (const labels::LabelledStep& step : solution.steps) {
      length += step.tokens.size();
      if (step.label && length > static_cast<size_t>(max_length)) ++count;
    }
  }
  return count;
}

void CheckSupervised(bool any, task::Split split, const char* limit) {
  if (any) return;
  const std::string_view name = task::SplitName(split);
  throw Error::Format(
      "reward model: the {} data has no labelled step within {} and with a source weight above 0; "
      "raise {} or reward_data.{}_problems, or delete reward_data to have it rebuilt",
      name, limit, limit, name);
}

int64_t SupervisedCount(std::span<const TrainingRow> rows) {
  int64_t count = 0;
  for (const TrainingRow& row : rows) {
    count += std::count_if(row.weight.begin(), row.weight.end(), [](double w) { return w > 0; });
  }
  return count;
}

RowBatches ShuffledBatches(std::span<const TrainingRow> rows, int solutions, RandomStream random) {
  std::vector<int> order = AllOf(rows);
  random.Shuffle(std::span<int>(order));
  // Sorted within pools only, so that every epoch puts other rows together.
  const size_t pool = static_cast<size_t>(16) * solutions;
  for (size_t at = 0; at < order.size(); at += pool) {
    SortByLength(rows, std::span(order).subspan(at, std::min(pool, order.size() - at)));
  }
  RowBatches batches = Cut(rows, order, solutions);
  random.Shuffle(std::span<std::vector<int>>(batches));
  return batches;
}

RowBatches OrderedBatches(std::span<const TrainingRow> rows, int solutions) {
  std::vector<int> order = AllOf(rows);
  SortByLength(rows, order);
  return Cut(rows, order, solutions);
}

}  // namespace pgts::reward
