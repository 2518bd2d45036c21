// SPDX-License-Identifier: Apache-2.0
// Fine-tuning of a decoder, or of the LoRA beside a frozen one, with a two-label head on labelled
// steps.
//
//   loss = sum over labelled steps of weight * cross-entropy(logits at the step's last token,
//          LabelledStep::Target: its label, or the share of right completions)
//          / sum of weights, over one optimiser step (batch_size * gradient_accumulation_steps
//          solutions)
//        + text_loss_weight * mean cross-entropy of the decoder's own output on the tokens of right
//          steps: it keeps what the base knows and goes on teaching it, from far more signals than
//          the labels give (Cobbe et al., "Training Verifiers to Solve Math Word Problems", 2021,
//          section 4.2). What is reported as loss is the first term.
//
// Solutions of one problem stand in one token tree, so that what they share is computed once; the
// gradient is that of separate rows. After each epoch (or fraction of one) the network is measured
// on the validation solutions; the weights with the best step AUC there are kept (ties: the lower
// loss). One seed, one thread count, one build: the same weights, byte for byte.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "labels/step_data.h"
#include "model/decoder_shape.h"
#include "reward/calibration.h"
#include "reward/head.h"
#include "reward/metrics.h"
#include "reward/options.h"

namespace pgts::model {
class Decoder;
}

namespace pgts::reward {

inline constexpr int kEvaluationSolutions = 32;  // measured in one forward pass
// Most in one token tree, as attention grows with its square.
inline constexpr int kRowSolutions = 16;

struct TrainingPoint {
  int64_t step = 0;      // optimiser steps done
  int64_t steps = 0;     // in all
  double epoch = 0;      // passes over the data so far
  double loss = 0;       // of this step
  double grad_norm = 0;  // before clipping
  double learning_rate = 0;
};

struct ValidationPoint {
  int64_t step = 0;
  double epoch = 0;
  double loss = 0;  // before calibration
  double step_auc = 0;
  bool best = false;  // so far
};

// Who shows progress. Unset members are not called.
struct TrainingObserver {
  std::function<void(const TrainingPoint&)> on_step = {};
  std::function<void(const ValidationPoint&)> on_validation = {};
};

struct FinetuneOptions {
  TrainingOptions training;
  double dropout = 0.1;  // on the head's input
  uint64_t seed = 0;     // order of batches, dropout
  int max_sequence_length = 512;
  TrainingObserver observer = {};
};

struct FinetuneResult {
  Head head;
  Calibration calibration;  // fitted on the validation steps
  RewardMetrics metrics;    // of the kept weights on them, calibrated
  std::vector<ValidationPoint> validations;
  int64_t steps = 0;     // of the optimiser
  double head_l2 = 0;    // of the kept head, kind head only
  int64_t examples = 0;  // labelled steps trained on
  double seconds = 0;
};

// Whether the weights of `point` are to be kept: the higher step AUC, then the lower loss. A
// validation set with one class only has no AUC; then the loss decides.
bool IsBetter(const ValidationPoint& point, const std::optional<ValidationPoint>& best);

// Error unless this LibTorch can train there (`reward_training.device`).
void CheckTrainingDevice(const std::string& name);

// Whether matrix products run in bfloat16 rather than float32, for a decoder of this width.
bool UsesBfloat16(const TrainingOptions& options, int64_t width);

// The frozen decoder of a file, in the type of its matrix products, with a fresh LoRA beside it.
std::shared_ptr<model::Decoder> ReadLoraDecoder(const std::string& path, int64_t context,
                                                const TrainingOptions& options,
                                                const model::LoraShape& lora, uint64_t seed);

// Trains the weights that the decoder declares trainable and leaves the kept ones in it, on the
// CPU. A frozen decoder keeps its own type and is measured in it; any other is measured and left in
// float32. Error if no training step or no validation step is supervised: that is a fault of the
// data, which must not pass as a loss of zero.
FinetuneResult Finetune(std::shared_ptr<model::Decoder> decoder,
                        std::span<const labels::LabelledSolution> train,
                        std::span<const labels::LabelledSolution> validation,
                        const FinetuneOptions& options);

// The logits of every step that fits, with what is known of each, as the decoder and head give them
// in float32.
std::vector<ScoredStep> ScoreSolutions(std::shared_ptr<model::Decoder> decoder, const Head& head,
                                       std::span<const labels::LabelledSolution> solutions,
                                       int max_sequence_length);

}  // namespace pgts::reward
