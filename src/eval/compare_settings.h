// SPDX-License-Identifier: Apache-2.0
// Group `compare`: what `pgts compare CONFIG.yaml` runs. Every other group may stand in the same
// file and replaces what the run's own configuration says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/options.h"

namespace pgts::eval {

inline constexpr size_t kMostColours = 8;  // that a colour-blind reader can tell apart

struct CompareSettings {
  std::string run;
  std::string output_dir;
  std::vector<std::string> methods;
  std::vector<double> prices = {3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 0};
  std::vector<int> budgets = {50, 100, 200, 400};
  std::vector<int> seeds = {0};
  std::string split = "test";
  int64_t problems = 300;
  int64_t tuning_problems = 100;
  int max_width = 64;
  std::vector<double> reach = {0.7, 0.8, 0.9};
  std::vector<std::string> plot = {"pgts", "heuristic",  "sequential_best_of_n", "self_consistency",
                                   "mcts", "cot_greedy", "best_of_n_weighted",   "beam"};

  template <class Visitor>
  void Visit(Visitor& v) {
    v("run", run, {.help = "Trained run folder: policy, reward model, configuration"});
    v("output_dir", output_dir, {.help = "Where cells and reports go; default: <run>/comparison"});
    v("methods", methods, {.help = "Names of methods; none: all that the run can serve"});
    v("prices", prices,
      {.min = 0,
       .max = 1,
       .unit = "accuracy per token",
       .help = "Each method's setting is the best of accuracy (0 to 1) minus price times tokens"});
    v("budgets", budgets,
      {.min = 1, .unit = "tokens", .help = "Caps on the generated tokens of each problem"});
    v("seeds", seeds, {.min = 0, .max = 999, .help = "Each names other worlds and other draws"});
    v("split", split,
      {.choices = {"train", "validation", "test", "templates"}, .help = "Problems"});
    v("problems", problems, {.min = 1, .max = 1'000'000, .help = "How many of them"});
    v("tuning_problems", tuning_problems,
      {.min = 1,
       .max = 1'000'000,
       .help = "Validation problems that set every method's hyperparameters"});
    v("max_width", max_width,
      {.min = 1, .max = 1000, .help = "Attempts below a node, of beam, DVTS and MCTS"});
    v("reach", reach, {.min = 0, .max = 1, .help = "Accuracies whose cost in tokens is reported"});
    v("plot", plot, {.help = "Methods with a colour of their own in the picture, at most 8"});
  }
};

// Error, with the place of the key, for unknown or repeated methods, budgets that do not increase,
// prices that do not decrease, repeated seeds, more than eight lines in colour.
void Check(const CompareSettings& settings, const OptionSet& options);

}  // namespace pgts::eval
