// SPDX-License-Identifier: Apache-2.0
// Group "reward_data": the labelled steps of phase 1, and how they are made.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace pgts::labels {

struct DataOptions {
  int train_problems = 700;
  int validation_problems = 150;
  int rollouts_per_problem = 4;
  int completions = 4;
  int held_out_completions = 8;
  int concurrent_rollouts = 64;
  bool infer_after_wrong = true;
  bool soft_labels = false;
  int64_t first_train_problem = 0;
  int corruption_problems = 0;
  int max_depth = 15;
  std::string outcome_labels = "last";
  std::vector<std::string> import_files;
  std::vector<std::string> held_out_import_files;

  int CorruptionProblems() const {
    return corruption_problems > 0 ? corruption_problems : train_problems;
  }
  // The first training problem that phase 1 has not seen.
  int64_t End() const {
    return first_train_problem + std::max(train_problems, CorruptionProblems());
  }

  template <class Visitor>
  void Visit(Visitor& v) {
    v("train_problems", train_problems,
      {.min = 0,
       .max = 10'000'000,
       .unit = "problems",
       .help = "Training problems that the generator solves for labels; 0: imports alone"});
    v("validation_problems", validation_problems,
      {.min = 0,
       .max = 1'000'000,
       .unit = "problems",
       .help = "Held-out problems that choose the checkpoint, calibrate and measure; 0: imports "
               "alone"});
    v("rollouts_per_problem", rollouts_per_problem,
      {.min = 1, .max = 1024, .unit = "rollouts", .help = "Sampled solutions of each problem"});
    v("completions", completions,
      {.min = 1,
       .max = 1024,
       .unit = "completions",
       .help = "Monte Carlo completions of a step, its own rollout included (training problems)"});
    v("held_out_completions", held_out_completions,
      {.min = 1, .max = 1024, .unit = "completions", .help = "The same on held-out problems"});
    v("concurrent_rollouts", concurrent_rollouts,
      {.min = 1,
       .max = 100'000,
       .unit = "rollouts",
       .help = "Rollouts in flight; best: the width of the engine"});
    v("infer_after_wrong", infer_after_wrong,
      {.help = "Training steps after one that no completion "
               "mends are labelled wrong without completions of their own"});
    v("soft_labels", soft_labels,
      {.help = "Training learns the share of a step's right completions, all of which are tried, "
               "instead of whether any is right"});
    v("first_train_problem", first_train_problem,
      {.min = 0, .help = "Number of the first training problem: phase 2 should train on others"});
    v("corruption_problems", corruption_problems,
      {.min = 0,
       .max = 10'000'000,
       .unit = "problems",
       .help =
           "Training problems whose reference solutions are corrupted, which costs no generation; "
           "0: those that the generator solves"});
    v("max_depth", max_depth,
      {.min = 1,
       .max = 1000,
       .unit = "steps",
       .help = "A rollout without an answer ends here and is graded wrong"});
    v("outcome_labels", outcome_labels,
      {.choices = {"last", "all"},
       .help = "What a rollout's outcome labels where completions = 1: its last step, or weakly "
               "every step of it"});
    v("import_files", import_files,
      {.help = "JSONL files of TRL's stepwise supervision (prompt, completions, labels) that join "
               "the training data"});
    v("held_out_import_files", held_out_import_files,
      {.help =
           "The same for the held-out data; the label of a solution's last step is its outcome"});
  }
};

}  // namespace pgts::labels
