// SPDX-License-Identifier: Apache-2.0
// Trains a decoder from scratch on a stream of byte texts: next-byte cross-entropy, with the bytes
// of the prompt weighted less than those of the completion (what a prompt asks cannot be foreseen:
// predicting it costs capacity).
//
// Batches: a pool of examples is drawn in the order of the stream, sorted by length and cut into
// rows of equal enough length, so that little is spent on padding; the pool's batches are then
// shuffled. The rows of a batch are shared out over at::get_num_threads() threads
// (gradient_workers.h). One seed, one thread count, one build: the same weights.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "model/decoder_shape.h"

namespace pgts::model {

class Decoder;

struct PretrainExample {
  std::string prompt;      // given at run time, e.g. "question\n"
  std::string completion;  // what the model is to write; the end token follows it
};

struct PretrainOptions {
  DecoderShape shape;
  int64_t steps = 2000;         // optimiser steps
  int64_t batch_tokens = 4096;  // tokens a step, padding included
  double learning_rate = 3e-3;  // peak
  double warmup_ratio = 0.05;   // share of the steps
  double floor_ratio = 0.02;    // last learning rate / peak
  double weight_decay = 0.1;
  double beta2 = 0.95;
  double max_grad_norm = 1.0;
  double prompt_loss = 0.1;  // weight of a prompt byte; a completion byte weighs 1
  bool bfloat16 = false;     // matrix products; weights and sums stay float32
  uint64_t seed = 0;         // of the weights and of the order of batches
};

struct PretrainStep {
  int64_t step = 0;      // 1-based: steps done
  double loss = 0;       // nats a completion byte, this batch
  double grad_norm = 0;  // before clipping
  double learning_rate = 0;
  int64_t tokens = 0;            // of this batch, without padding
  double tokens_per_second = 0;  // mean since the start
};

// Example i = 0, 1, 2, ... of an endless stream; must be a pure function of i. Examples longer than
// the context are skipped; a stream that yields only such ones is an Error.
using PretrainSource = std::function<PretrainExample(int64_t index)>;

// Called after every step; may save the decoder or throw to end the run.
using PretrainObserver = std::function<void(const PretrainStep& step, Decoder& decoder)>;

std::shared_ptr<Decoder> Pretrain(const PretrainOptions& options, const PretrainSource& source,
                                  const PretrainObserver& observer);

}  // namespace pgts::model
