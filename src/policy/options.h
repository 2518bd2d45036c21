// SPDX-License-Identifier: Apache-2.0
// The options of the policy: its network, its rewards, PPO and the warm start. Keys are the
// user's (docs/TRAINING_GUIDE_2GPU.md); ranges are checked where the values are read
// (base/options.h). Free of LibTorch.
#pragma once

#include <array>
#include <string>

#include "tree/action.h"

namespace pgts::policy {

// Group `policy_network`.
struct NetworkOptions {
  int hidden_dim = 128;
  int num_layers = 2;
  int num_heads = 4;
  double dropout = 0.1;
  std::string activation = "gelu";

  bool operator==(const NetworkOptions&) const = default;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("hidden_dim", hidden_dim, {.min = 8, .max = 8192, .unit = "", .help = "Width of the policy"});
    v("num_layers", num_layers, {.min = 1, .max = 64, .help = "GPS layers of the policy"});
    v("num_heads", num_heads, {.min = 1, .max = 64, .help = "Attention heads; divides hidden_dim"});
    v("dropout", dropout, {.min = 0, .max = 0.9, .help = "Acts in the warm start only"});
    v("activation", activation, {.choices = {"gelu", "relu"}, .help = "Non-linearity"});
  }
};

// Throws Error that names the first value that no network can have.
void CheckOptions(const NetworkOptions& options, const char* where);

// Group `policy_training`: what a decision earns (policy/returns.h).
struct RewardOptions {
  double step_penalty = -0.1;  // added to every decision
  double token_cost = 0;       // subtracted per charged token
  double score_weight = 1;     // of the shaping by step scores
  double final_reward_correct = 10;
  double final_reward_incorrect = -5;
  double discount_gamma = 0.99;
  double gae_lambda = 0.95;
  double expand_cost = 0, branch_cost = 0, backtrack_cost = 0, terminate_cost = 0;

  std::array<double, tree::kActionCount> ActionCosts() const {
    return {expand_cost, branch_cost, backtrack_cost, terminate_cost};
  }

  template <class Visitor>
  void Visit(Visitor& v) {
    v("step_penalty", step_penalty, {.max = 0, .help = "Reward added to every decision"});
    v("token_cost", token_cost, {.min = 0, .unit = "per token", .help = "Price of a token"});
    v("score_weight", score_weight, {.min = 0, .help = "Weight of the shaping by step scores"});
    v("final_reward_correct", final_reward_correct, {.help = "Reward of a right answer"});
    v("final_reward_incorrect", final_reward_incorrect, {.help = "Reward of a wrong or no answer"});
    v("discount_gamma", discount_gamma, {.min = 0, .max = 1, .help = "Discount per decision"});
    v("gae_lambda", gae_lambda, {.min = 0, .max = 1, .help = "Lambda of GAE"});
    v("expand_cost", expand_cost, {.min = 0, .help = "Price of Expand (published recipe: 0.1)"});
    v("branch_cost", branch_cost, {.min = 0, .help = "Price of Branch (published recipe: 0.2)"});
    v("backtrack_cost", backtrack_cost, {.min = 0, .help = "Price of Backtrack (published: 0.5)"});
    v("terminate_cost", terminate_cost, {.min = 0, .help = "Price of Terminate (published: 0)"});
  }
};

// Group `policy_training`: how the policy learns (policy/ppo.h).
struct PpoOptions {
  int batch_size = 256;  // decisions
  double learning_rate = 3e-4;
  double weight_decay = 0;
  int ppo_epochs = 4;
  double clip_epsilon = 0.2;
  double value_coeff = 0.5;
  double entropy_coeff = 0.01;
  double max_grad_norm = 1.0;
  double target_kl = 0;  // 0: no early stop
  std::string baseline = "value";

  template <class Visitor>
  void Visit(Visitor& v) {
    v("batch_size", batch_size, {.min = 1, .unit = "decisions", .help = "Minibatch"});
    v("learning_rate", learning_rate, {.max = 1, .above = 0, .help = "AdamW learning rate"});
    v("weight_decay", weight_decay, {.min = 0, .max = 1, .help = "AdamW weight decay"});
    v("ppo_epochs", ppo_epochs, {.min = 1, .max = 100, .help = "Passes over an iteration's data"});
    v("clip_epsilon", clip_epsilon, {.max = 1, .above = 0, .help = "Clip range of the ratio"});
    v("value_coeff", value_coeff, {.min = 0, .help = "Weight of the value loss"});
    v("entropy_coeff", entropy_coeff, {.min = 0, .help = "Weight of the entropy bonus"});
    v("max_grad_norm", max_grad_norm, {.above = 0, .help = "Gradients are clipped to this norm"});
    v("baseline", baseline,
      {.choices = {"value", "leave_one_out"},
       .help = "What a search's return is measured against: the value head's estimates (GAE), or "
               "the mean return of the other searches of the same problem, world and terms"});
    v("target_kl", target_kl, {.min = 0, .help = "Epochs stop beyond this divergence; 0: never"});
  }
};

// Group `warm_start` (policy/imitation.h).
struct ImitationOptions {
  int epochs = 10;
  int batch_size = 256;  // decisions
  double learning_rate = 1e-3;
  double weight_decay = 0.01;
  double value_coeff = 0.5;
  double max_grad_norm = 1.0;
  double label_smoothing = 0.1;    // keeps the policy exploring when PPO takes over
  double held_out_fraction = 0.1;  // of the trajectories

  template <class Visitor>
  void Visit(Visitor& v) {
    v("epochs", epochs, {.min = 0, .max = 1000, .help = "Passes over the teacher's decisions"});
    v("batch_size", batch_size, {.min = 1, .unit = "decisions", .help = "Minibatch"});
    v("learning_rate", learning_rate,
      {.max = 1, .above = 0, .help = "AdamW, at the end of its warm-up"});
    v("weight_decay", weight_decay, {.min = 0, .max = 1, .help = "AdamW weight decay"});
    v("value_coeff", value_coeff, {.min = 0, .help = "Weight of the value loss"});
    v("max_grad_norm", max_grad_norm, {.above = 0, .help = "Gradients are clipped to this norm"});
    v("label_smoothing", label_smoothing,
      {.min = 0, .max = 0.9, .help = "Probability spread over the legal actions"});
    v("held_out_fraction", held_out_fraction,
      {.min = 0, .max = 0.9, .help = "Trajectories kept to measure agreement"});
  }
};

}  // namespace pgts::policy
