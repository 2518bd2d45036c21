// SPDX-License-Identifier: Apache-2.0
// The trainable reward model: a decoder with a two-label head, read at the last token of steps.
//
//   hidden_R = dropout(decoder(tokens)[at the readings])       dropout in training only
//   logits_R2 = hidden_R head^T + bias                          score = softmax(logits)[1]
//
// Rows are token trees (reward/token_tree.h). Shape suffixes as in model/decoder.h, and R readings.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <span>
#include <vector>

#include "model/decoder.h"
#include "reward/head.h"
#include "reward/token_tree.h"

namespace pgts::reward {

struct TreeBatch {
  torch::Tensor tokens_BT;         // int64, padded on the right
  model::Decoder::Layout layout;   // padding sees itself only
  torch::Tensor readings_R;        // int64: b * T + node
};

TreeBatch MakeTreeBatch(std::span<const TokenTree* const> rows);

class StepNetwork {
 public:
  // The head starts at zero: every score is 0.5.
  explicit StepNetwork(std::shared_ptr<model::Decoder> decoder);

  // float32 logits [R, 2]. `generator` is given in training only, and draws the dropout.
  torch::Tensor Logits(const TreeBatch& batch, double dropout = 0,
                       torch::Generator* generator = nullptr);

  std::vector<torch::Tensor> Parameters() const;  // the head's last
  Head GetHead() const;
  void SetHead(const Head& head);
  model::Decoder& decoder() const { return *decoder_; }
  torch::Device device() const { return head_weight_.device(); }
  void To(torch::Device device);

 private:
  std::shared_ptr<model::Decoder> decoder_;
  torch::Tensor head_weight_;  // [2, D]
  torch::Tensor head_bias_;    // [2]
};

}  // namespace pgts::reward
