// SPDX-License-Identifier: Apache-2.0
// Everything that a run can be told, under the user's keys: two YAML files (model and training),
// PGTS_* variables and --set, in this order of precedence. The resolved values are written to
// <run>/config.yaml and load back from there.
#pragma once

#include <cstdint>
#include <string>

#include "base/options.h"
#include "eval/settings.h"
#include "labels/options.h"
#include "policy/options.h"
#include "reward/options.h"
#include "session/session.h"
#include "session/settings.h"

namespace pgts::session {

// Group `run`.
struct RunSettings {
  int64_t seed = 0;
  std::string name = "run";

  template <class Visitor>
  void Visit(Visitor& v) {
    v("seed", seed, {.min = 0, .help = "Training seed: weights, orders, policy actions"});
    v("name", name, {.help = "Output folder outputs/<name>_<time> if none is given"});
  }
};

// Group `policy_training`, beside policy::PpoOptions and policy::RewardOptions: the loop.
struct LoopSettings {
  int num_iterations = 100;
  int problems_per_iteration = 16;
  int rollouts_per_problem = 1;
  int checkpoint_every = 10;
  int validate_every = 10;
  int validation_problems = 100;
  int64_t training_problems = 0;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("num_iterations", num_iterations, {.min = 0, .max = 1e6, .help = "PPO iterations"});
    v("problems_per_iteration", problems_per_iteration,
      {.min = 1, .max = 1e6, .unit = "problems", .help = "Problems of one iteration"});
    v("rollouts_per_problem", rollouts_per_problem,
      {.min = 1,
       .max = 1024,
       .unit = "searches",
       .help = "Searches of each problem, in one world"});
    v("checkpoint_every", checkpoint_every,
      {.min = 1, .unit = "iterations", .help = "A kept checkpoint; resume needs none"});
    v("validate_every", validate_every,
      {.min = 1, .unit = "iterations", .help = "Greedy accuracy on the fixed validation problems"});
    v("validation_problems", validation_problems,
      {.min = 1, .max = 100000, .unit = "problems", .help = "Size of that fixed set"});
    v("training_problems", training_problems,
      {.min = 0, .unit = "problems", .help = "Train only on this many problems; 0: all there are"});
  }
};

// Group `policy_training`: on which terms the searches of training run. One policy learns to serve
// them all: price and limit are among its inputs (tree/features.h).
struct TermsSettings {
  double token_price_min = 0;
  double token_price_max = 0;
  double limited_share = 0;
  int64_t max_tokens_min = 50;
  int64_t max_tokens_max = 1000;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("token_price_min", token_price_min,
      {.min = 0, .max = 1, .unit = "right answers", .help = "Lowest price of a token"});
    v("token_price_max", token_price_max,
      {.min = 0,
       .max = 1,
       .unit = "right answers",
       .help = "Highest; a search's is drawn log-uniformly between the two; 0: tokens are free"});
    v("limited_share", limited_share,
      {.min = 0, .max = 1, .help = "Share of the problems whose searches have a limit on tokens"});
    v("max_tokens_min", max_tokens_min,
      {.min = 1, .unit = "tokens", .help = "Lowest of these limits"});
    v("max_tokens_max", max_tokens_max,
      {.min = 1, .unit = "tokens", .help = "Highest; drawn log-uniformly between the two"});
  }
};

// Error where a range is empty, or a price is drawn from one that begins at 0.
void CheckTerms(const TermsSettings& terms);

// Group `warm_start`, beside policy::ImitationOptions: whom the policy imitates.
struct TeacherSettings {
  int tuning_problems = 150;
  int problems = 400;
  int passes = 1;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("tuning_problems", tuning_problems,
      {.min = 1,
       .unit = "problems",
       .help = "Training problems that choose the teacher's thresholds"});
    v("problems", problems,
      {.min = 1, .unit = "problems", .help = "Training problems on which the teacher is imitated"});
    v("passes", passes,
      {.min = 1,
       .max = 1000,
       .help = "Searches of each, on terms drawn anew; 1 where all are the same"});
  }
};

// Group `reward_model`: which base is fine-tuned.
struct RewardBaseSettings {
  std::string model_name;
  std::string device = "cpu";
  bool load_in_8bit = false;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("model_name", model_name,
      {.help = "What is fine-tuned: a GGUF file or a name of the hub; default: the generator's"});
    v("device", device, {.help = llm::kDeviceHelp});
    v("load_in_8bit", load_in_8bit,
      {.help = "The base in Q8_0: the hub's file, or a 16-bit file quantised once"});
  }
};

// Group `optimization`.
struct OptimizationSettings {
  bool use_gradient_checkpointing = false;
  int max_sequence_length = 512;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("use_gradient_checkpointing", use_gradient_checkpointing,
      {.help = "Recompute activations when the reward model is trained: less memory, a third more "
               "time"});
    v("max_sequence_length", max_sequence_length,
      {.min = 16, .unit = "tokens", .help = "Longer training solutions are left out, counted"});
  }
};

struct RunConfig {
  RunSettings run;
  GeneratorSettings generator;
  TaskSettings task;
  WorldSettings world;
  EngineSettings engine;
  SearchSettings search;
  eval::EvalSettings eval;
  RewardBaseSettings reward_base;
  reward::ModelOptions reward_model;
  labels::DataOptions reward_data;
  reward::TrainingOptions reward_training;
  reward::GateOptions gate;
  policy::NetworkOptions policy_network;
  policy::RewardOptions rewards;
  policy::PpoOptions ppo;
  LoopSettings loop;
  TermsSettings terms;
  policy::ImitationOptions warm_start;
  TeacherSettings teacher;
  OptimizationSettings optimization;
};

// Declares every option of `config`, which must outlive the set, and the keys without effect.
void DeclareOptions(RunConfig& config, OptionSet& options);

// The session of a run's configuration.
SessionOptions ToSessionOptions(const RunConfig& config, std::string store_folder);

// Error where stored worlds are to be replayed (world.dir = stored:...): for commands that grow
// them.
void CheckGrowsWorlds(const RunConfig& config);

}  // namespace pgts::session
