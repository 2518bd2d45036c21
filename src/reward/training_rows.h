// SPDX-License-Identifier: Apache-2.0
// Labelled solutions as rows for training, and rows as batches of like length. Free of LibTorch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "labels/step_data.h"
#include "reward/metrics.h"
#include "reward/options.h"
#include "reward/token_tree.h"
#include "task/problem.h"

namespace pgts::reward {

// Solutions of one problem in one token tree. Parallel to tree.readings:
struct TrainingRow {
  TokenTree tree;
  std::vector<int> label;         // 0, 1, or -1: not supervised
  std::vector<double> target;     // probability of label 1 that the loss asks for
  std::vector<double> weight;     // of the example in the loss; 0 where not supervised
  std::vector<ScoredStep> truth;  // everything but the logit, for validation
  int solutions = 0;
};

struct RowOptions {
  int solutions_per_row = 8;  // at most
  int max_length = 512;       // tokens of a path; steps that end later are left out
  int64_t max_examples = 0;   // labelled steps in all; 0: no limit. Whole solutions are taken
  double rollout_weight = 1;
  double corruption_weight = 1;  // of corruptions and references
  double import_weight = 1;
  double right_weight = 1;  // of label 1, beside its source's
  double wrong_weight = 1;  // of label 0
};

// What is known of every step of a solution; the logits are left at 0.
std::vector<ScoredStep> Truth(const labels::LabelledSolution& solution);

// In the order of the solutions' first appearance by problem. Rows without a reading are left out.
std::vector<TrainingRow> MakeRows(std::span<const labels::LabelledSolution> solutions,
                                  const RowOptions& options);

// The sources' weights as reward_training has them; the rest as by default.
RowOptions RowWeights(const TrainingOptions& training);

// The weight in the loss of an example with this `target` (LabelledStep::Target).
double ExampleWeight(labels::Source source, double target, const RowOptions& options);

// `options` with right_weight and wrong_weight such that the weights of both labels have the same
// sum, and together the same as before. A soft label counts for both, by its shares. Unchanged
// where a label is missing. The sums before are those of `rows` (made with `options`), or are
// given.
RowOptions Balanced(const RowOptions& options, std::span<const TrainingRow> rows);
RowOptions Balanced(const RowOptions& options, double right, double wrong);

// Labelled steps that end after max_length tokens of their path.
int64_t TooLongCount(std::span<const labels::LabelledSolution> solutions, int max_length);

// Error unless a split has a labelled step within `limit`, an option: that is a fault of the data.
void CheckSupervised(bool any, task::Split split, const char* limit);

// Supervised readings (weight > 0).
int64_t SupervisedCount(std::span<const TrainingRow> rows);

// Indices of rows, each batch with at least `solutions` solutions (the last may have fewer). Rows
// of like length stand together; the order is the stream's.
using RowBatches = std::vector<std::vector<int>>;
RowBatches ShuffledBatches(std::span<const TrainingRow> rows, int solutions, RandomStream random);
// By length, without shuffling.
RowBatches OrderedBatches(std::span<const TrainingRow> rows, int solutions);

}  // namespace pgts::reward
