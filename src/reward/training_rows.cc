// SPDX-License-Identifier: Apache-2.0
#include "reward/training_rows.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

namespace pgts::reward {
namespace {

double SourceWeight(Source source, const RowOptions& options) {
  switch (source) {
    case Source::kRollout: return options.rollout_weight;
    case Source::kCorruption:
    case Source::kReference: return options.corruption_weight;
    case Source::kImport: return options.import_weight;
  }
  return 0;
}

TrainingRow MakeRow(std::span<const LabelledSolution* const> solutions, const RowOptions& options) {
  TrainingRow row{.tree = BuildTokenTree(solutions, options.max_length),
                  .solutions = static_cast<int>(solutions.size())};
  for (const Reading& reading : row.tree.readings) {
    const LabelledSolution& solution = *solutions[reading.solution];
    const LabelledStep& step = solution.steps[reading.step];
    double log_prob = 0;
    for (int before = 0; before <= reading.step; ++before) {
      log_prob += solution.steps[before].log_prob.value_or(0);
    }
    const bool last = reading.step + 1 == static_cast<int>(solution.steps.size());
    row.label.push_back(step.label.value_or(-1));
    row.weight.push_back(step.label ? SourceWeight(solution.source, options) : 0);
    row.truth.push_back({.log_prob = log_prob,
                         .label = step.label,
                         .exact = step.exact,
                         .grade = last ? solution.grade : std::nullopt,
                         .depth = reading.step + 1});
  }
  return row;
}

// A tree needs one first token: solutions of a problem that another prompt opened go elsewhere.
std::vector<std::vector<const LabelledSolution*>> Group(std::span<const LabelledSolution> solutions,
                                                        const RowOptions& options) {
  std::vector<std::vector<const LabelledSolution*>> groups;
  std::map<std::pair<std::string_view, llm::Token>, size_t> open;
  int64_t examples = 0;
  for (const LabelledSolution& solution : solutions) {
    if (solution.prompt.empty()) continue;
    if (options.max_examples > 0 && examples >= options.max_examples) break;
    examples += ExampleCount(solution);
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

std::vector<TrainingRow> MakeRows(std::span<const LabelledSolution> solutions,
                                  const RowOptions& options) {
  std::vector<TrainingRow> rows;
  for (const auto& group : Group(solutions, options)) {
    TrainingRow row = MakeRow(group, options);
    if (!row.tree.readings.empty()) rows.push_back(std::move(row));
  }
  return rows;
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
