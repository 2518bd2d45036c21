// SPDX-License-Identifier: Apache-2.0
// The trainable reward model: a decoder with a two-label head, read at the last token of steps.
//
//   hidden_R = dropout(decoder(tokens)[at the readings])       dropout in training only
//   logits_R2 = hidden_R head^T + bias                          score = softmax(logits)[1]
//   text loss = sum of -log p(token) over the W tokens of right steps, by the decoder's own output
//
// Rows are token trees (reward/token_tree.h). Shape suffixes as in model/decoder.h, and R readings.
#pragma once

#include <torch/types.h>

#include <memory>
#include <span>
#include <vector>

#include "model/decoder.h"
#include "reward/head.h"
#include "reward/token_tree.h"

namespace pgts::reward {

struct TreeBatch {
  torch::Tensor tokens_BT;        // int64, padded on the right
  model::Decoder::Layout layout;  // padding sees itself only
  torch::Tensor readings_R;       // int64: b * T + node
  torch::Tensor writers_W;        // int64: b * T + parent of a token that is worth writing
  torch::Tensor written_W;        // int64: that token
};

TreeBatch MakeTreeBatch(std::span<const TokenTree* const> rows);

class StepNetwork {
 public:
  // The head starts at zero: every score is 0.5.
  explicit StepNetwork(std::shared_ptr<model::Decoder> decoder);

  // float32 hidden states of all tokens, [B * T, D].
  torch::Tensor Hidden(const TreeBatch& batch);
  // float32 logits [R, 2] at the readings. `generator` is given in training only, and draws the
  // dropout.
  torch::Tensor Logits(const torch::Tensor& hidden, const TreeBatch& batch, double dropout = 0,
                       torch::Generator* generator = nullptr);
  // The decoder's cross-entropy on right steps: the sum over W tokens, in nats.
  torch::Tensor TextLoss(const torch::Tensor& hidden, const TreeBatch& batch);

  // What is trained; the head's last.
  std::vector<torch::Tensor> Parameters() const;
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
