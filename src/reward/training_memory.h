// SPDX-License-Identifier: Apache-2.0
// Memory that the fine-tuning of a reward model takes at its peak, from its shape alone. Held to
// what LibTorch allocates by training_memory_test.cc. Free of LibTorch.
//
// With N = rows * tokens of one forward pass, D width, Q and K query and key width, F feed-forward,
// H heads, T tokens of a row, c bytes of the compute type, a layer keeps for its backward pass
//
//   8 N D + 2 c N D              the residual stream before and between its halves; its inputs
//   c N (2 Q + 2 K)              queries, keys, values by head; the attention's result
//   c rows H T^2                 the attention's weights
//   4 c N F                      gate, up, their product, and the activated gate
//
// and 4 N (Q + K) where queries and keys have norms, as much again as the norms read where every
// weight learns, and the matrices that are cast or joined for a product. With checkpointing a layer
// keeps 4 N D, and one layer at a time the rest.
#pragma once

#include <cstdint>
#include <optional>

#include "model/decoder_shape.h"

namespace pgts::reward {

struct TrainingLoad {
  model::DecoderShape shape;
  std::optional<model::LoraShape> lora;  // none: every weight learns
  bool half = false;                     // matrix products in bfloat16
  bool checkpointing = false;
  bool text_loss = false;  // next-token prediction beside the labels
  int workers = 1;         // threads that each run a forward pass of their own; 1 on a GPU
  int64_t rows = 1;        // token trees of one forward pass
  int64_t row_tokens = 512;
  int64_t measured_rows = 1;  // of a forward pass on validation data
};

struct TrainingMemory {   // bytes
  int64_t weights = 0;    // of the decoder, LoRA included
  int64_t optimiser = 0;  // gradients, two moments, and the best weights so far
  int64_t scratch = 0;    // activations of a step, or of a validation where that takes more
  int64_t Total() const { return weights + optimiser + scratch; }
};

// What an optimiser moves, the head left out.
int64_t TrainableWeights(const TrainingLoad& load);

// Activations of one worker's forward and backward pass.
int64_t ActivationBytes(const TrainingLoad& load);

TrainingMemory TrainingMemoryOf(const TrainingLoad& load);

}  // namespace pgts::reward
