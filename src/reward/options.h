// SPDX-License-Identifier: Apache-2.0
// The options of phase 1, each declared once. The user's keys (config/training_config_2gpu.yaml)
// keep their names and defaults; ours stand in groups of their own.
#pragma once

#include <cstdint>
#include <string>

namespace pgts::reward {

// Group "reward_training".
struct TrainingOptions {
  int batch_size = 8;
  int gradient_accumulation_steps = 2;
  double learning_rate = 2e-5;
  double lora_learning_rate = 2e-4;
  int num_epochs = 3;
  double warmup_ratio = 0.1;
  double weight_decay = 0.01;
  int64_t max_examples = 0;
  int num_incorrect_per_problem = 3;
  double max_grad_norm = 1.0;
  double corruption_weight = 1.0;
  double rollout_weight = 1.0;
  double import_weight = 1.0;
  bool balance_classes = false;
  bool weigh_slips = false;
  bool remove_contested = false;
  bool remove_repeats = false;
  double text_loss_weight = 0;
  double head_l2 = 0;
  int evaluations_per_epoch = 1;
  std::string compute_type = "auto";
  std::string device = "cpu";

  template <class Visitor>
  void Visit(Visitor& v) {
    v("batch_size", batch_size,
      {.min = 1,
       .max = 4096,
       .unit = "solutions",
       .help = "Solutions in one forward pass; those of one problem stay together"});
    v("gradient_accumulation_steps", gradient_accumulation_steps,
      {.min = 1, .max = 1024, .unit = "batches", .help = "Batches in one optimiser step"});
    v("learning_rate", learning_rate,
      {.max = 1, .above = 0, .help = "Peak rate of AdamW; linear warm-up, then a cosine to zero"});
    v("lora_learning_rate", lora_learning_rate,
      {.max = 1, .above = 0, .help = "The same for kind lora, whose few weights start at nothing"});
    v("num_epochs", num_epochs, {.min = 1, .max = 1000, .help = "Passes over the examples"});
    v("warmup_ratio", warmup_ratio, {.min = 0, .max = 1, .help = "Share of steps that warm up"});
    v("weight_decay", weight_decay,
      {.min = 0, .max = 10, .help = "Decoupled decay of matrices (not of norms and biases)"});
    v("max_examples", max_examples,
      {.min = 0, .unit = "labelled steps", .help = "Use at most this many examples; 0: all"});
    v("num_incorrect_per_problem", num_incorrect_per_problem,
      {.min = 0,
       .max = 100,
       .unit = "solutions",
       .help = "Corruptions of each problem's reference solution"});
    v("max_grad_norm", max_grad_norm,
      {.above = 0, .help = "Gradients are scaled down to this norm"});
    v("rollout_weight", rollout_weight,
      {.min = 0, .help = "Loss weight of the generator's solutions"});
    v("corruption_weight", corruption_weight,
      {.min = 0, .help = "Loss weight of reference solutions and their corruptions"});
    v("import_weight", import_weight, {.min = 0, .help = "Loss weight of imported solutions"});
    v("balance_classes", balance_classes,
      {.help = "Right and wrong steps weigh the same in the loss, however many there are of each"});
    v("weigh_slips", weigh_slips,
      {.help = "Scores weigh broken equations and numbers left out, as held-out data say"});
    v("remove_contested", remove_contested,
      {.help = "Leave out labels that another source contradicts for the same path"});
    v("remove_repeats", remove_repeats,
      {.help = "Learn from each solution once, however often it was sampled"});
    v("text_loss_weight", text_loss_weight,
      {.min = 0,
       .help = "Weight of next-token prediction on right steps, beside the labels; 0: off"});
    v("head_l2", head_l2,
      {.min = 0,
       .help = "Kind head: strength of the L2 penalty, in standardised features; 0: the best of "
               "several on held-out problems"});
    v("evaluations_per_epoch", evaluations_per_epoch,
      {.min = 1,
       .max = 100,
       .help = "Validations in an epoch; the best checkpoint by validation step AUC is kept"});
    v("compute_type", compute_type,
      {.choices = {"auto", "bfloat16", "float32"},
       .help = "Matrix products; auto: float32 for small models on a CPU, else bfloat16 where the "
               "processor has it"});
    v("device", device, {.help = "LibTorch device: cpu, cuda or cuda:1"});
  }
};

// Group "reward_model" (beside the keys that name the model, which the loader of models owns).
struct ModelOptions {
  std::string kind = "auto";
  double dropout = 0.1;
  int lora_rank = 16;
  double lora_alpha = 32;
  int extra_layers = 0;
  std::string weight_type = "f32";

  template <class Visitor>
  void Visit(Visitor& v) {
    v("kind", kind,
      {.choices = {"auto", "head", "lora", "full"},
       .help = "What of the base is trained: head (nothing of it: a head on its hidden states, any "
               "architecture and quantisation; where the base is the generator's file the head "
               "reads its states as it writes, which costs no pass), lora, full; auto: lora above "
               "1e9 weights, else full"});
    v("lora_rank", lora_rank, {.min = 1, .max = 1024, .help = "Kind lora: rank of the adapter"});
    v("lora_alpha", lora_alpha,
      {.max = 65536, .above = 0, .help = "Kind lora: alpha / rank scales the adapter"});
    v("dropout", dropout, {.min = 0, .max = 0.9, .help = "On the input of the head, in training"});
    v("extra_layers", extra_layers,
      {.min = 0,
       .max = 64,
       .unit = "layers",
       .help = "New layers on top of the base, for a base too small to compare a step with what it "
               "expected (model/deepen.h)"});
    v("weight_type", weight_type,
      {.choices = {"f32", "f16", "bf16", "q8_0"},
       .help = "Kind full: of the fine-tuned model that searches run"});
  }
};

// Group "gate": what must hold before phase 2 starts.
struct GateOptions {
  std::string gate = "error";
  double min_extraction_rate = 0.5;
  double max_cut_off_rate = 0.2;
  double min_step_auc = 0.65;
  double min_right_share = 0.02;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("gate", gate,
      {.choices = {"error", "warn"},
       .help = "Whether a generator or reward model that cannot work stops the run"});
    v("min_extraction_rate", min_extraction_rate,
      {.min = 0, .max = 1, .help = "Least share of rollouts that state an answer"});
    v("max_cut_off_rate", max_cut_off_rate,
      {.min = 0, .max = 1, .help = "Largest share of steps cut off at max_new_tokens"});
    v("min_step_auc", min_step_auc,
      {.min = 0, .max = 1, .help = "Least step AUC on held-out problems; 0.5 is chance"});
    v("min_right_share", min_right_share,
      {.min = 0, .max = 1, .help = "Least share of rollouts that are right"});
  }
};

}  // namespace pgts::reward
