// SPDX-License-Identifier: Apache-2.0
// A two-label head on the hidden states of a frozen base (kind `head`): logistic regression.
//
//   minimise   sum of weight_i * cross-entropy(w . x_i + b, target_i) / sum of weight_i
//              + l2/2 |w|^2
//
// target: LabelledStep::Target. x: the hidden state, every feature standardised on the training
// examples; weights as reward_training's sources and classes say. It is convex, so it is solved
// (L-BFGS, from stronger to weaker l2) rather than trained: no seed, no rate, no batches. With a
// thousand features and a few thousand examples all depends on l2: unless it is given, the value
// with the best validation step AUC (ties: the lower loss) is kept, and the log names all that were
// tried. The standardisation is folded into the head, which reads plain hidden states. One thread
// count, one build: one head.
#pragma once

#include <span>

#include "reward/finetune.h"
#include "reward/hidden_states.h"

namespace pgts::reward {

struct HeadOptions {
  TrainingOptions training;
  TrainingObserver observer = {};  // on_validation: once for each l2; its step counts them
};

// Steps whose path `states` lacks are left out. Error as Finetune's.
FinetuneResult TrainHead(const HiddenStates& states,
                         std::span<const labels::LabelledSolution> train,
                         std::span<const labels::LabelledSolution> validation,
                         const HeadOptions& options);

}  // namespace pgts::reward
