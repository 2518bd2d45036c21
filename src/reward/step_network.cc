// SPDX-License-Identifier: Apache-2.0
#include "reward/step_network.h"

#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pgts::reward {
namespace {

using torch::Tensor;

// Row b of the mask: 0 at a token's ancestors and itself, -infinity elsewhere.
void FillMask(const TokenTree& tree, float* mask_TT, int64_t width) {
  for (int t = 0; t < width; ++t) {
    float* seen = mask_TT + t * width;
    if (t < tree.size() && tree.parent[t] >= 0) {
      std::copy_n(mask_TT + tree.parent[t] * width, width, seen);
    } else {
      std::fill_n(seen, width, -INFINITY);
    }
    seen[t] = 0;
  }
}

}  // namespace

TreeBatch MakeTreeBatch(std::span<const TokenTree* const> rows) {
  int64_t width = 1;
  for (const TokenTree* row : rows) width = std::max<int64_t>(width, row->size());
  const int64_t count = static_cast<int64_t>(rows.size());
  TreeBatch batch{.tokens_BT = torch::zeros({count, width}, torch::kInt64),
                  .layout = {.positions_BT = torch::zeros({count, width}, torch::kInt64),
                             .mask_BTT = torch::empty({count, width, width}, torch::kFloat32)}};
  std::vector<int64_t> readings, writers, written;
  for (int64_t b = 0; b < count; ++b) {
    const TokenTree& row = *rows[b];
    std::copy(row.tokens.begin(), row.tokens.end(), batch.tokens_BT[b].data_ptr<int64_t>());
    std::copy(row.depth.begin(), row.depth.end(), batch.layout.positions_BT[b].data_ptr<int64_t>());
    FillMask(row, batch.layout.mask_BTT[b].data_ptr<float>(), width);
    for (const Reading& reading : row.readings) readings.push_back(b * width + reading.node);
    for (int node = 0; node < row.size(); ++node) {
      if (!row.worth_writing[node] || row.parent[node] < 0) continue;
      writers.push_back(b * width + row.parent[node]);
      written.push_back(row.tokens[node]);
    }
  }
  batch.readings_R = torch::tensor(readings, torch::kInt64);
  batch.writers_W = torch::tensor(writers, torch::kInt64);
  batch.written_W = torch::tensor(written, torch::kInt64);
  return batch;
}

StepNetwork::StepNetwork(std::shared_ptr<model::Decoder> decoder)
    : decoder_(std::move(decoder)),
      head_weight_(torch::zeros({2, decoder_->shape().width}).requires_grad_(true)),
      head_bias_(torch::zeros({2}).requires_grad_(true)) {}

Tensor StepNetwork::Hidden(const TreeBatch& batch) {
  const model::Decoder::Layout layout{.positions_BT = batch.layout.positions_BT.to(device()),
                                      .mask_BTT = batch.layout.mask_BTT.to(device())};
  return decoder_->Forward(batch.tokens_BT.to(device()), layout).flatten(0, 1);
}

Tensor StepNetwork::Logits(const Tensor& hidden, const TreeBatch& batch, double dropout,
                           torch::Generator* generator) {
  Tensor hidden_RD = hidden.index_select(0, batch.readings_R.to(device()));
  if (generator != nullptr && dropout > 0) {
    // Drawn on the host, so that every device drops the same.
    Tensor kept =
        torch::empty(hidden_RD.sizes(), torch::kFloat32).bernoulli_(1 - dropout, *generator);
    hidden_RD = hidden_RD * (kept / (1 - dropout)).to(device());
  }
  return torch::linear(hidden_RD, head_weight_, head_bias_);
}

Tensor StepNetwork::TextLoss(const Tensor& hidden, const TreeBatch& batch) {
  const Tensor logits_WV = decoder_->Logits(hidden.index_select(0, batch.writers_W.to(device())));
  return torch::nn::functional::cross_entropy(
      logits_WV, batch.written_W.to(device()),
      torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kSum));
}

std::vector<Tensor> StepNetwork::Parameters() const {
  std::vector<Tensor> parameters = decoder_->TrainableParameters();
  parameters.push_back(head_weight_);
  parameters.push_back(head_bias_);
  return parameters;
}

Head StepNetwork::GetHead() const {
  const Tensor weight = head_weight_.detach().to(torch::kCPU).contiguous();
  const Tensor bias = head_bias_.detach().to(torch::kCPU);
  Head head;
  head.weight.assign(weight.data_ptr<float>(), weight.data_ptr<float>() + weight.numel());
  head.bias = {bias[0].item<float>(), bias[1].item<float>()};
  return head;
}

void StepNetwork::SetHead(const Head& head) {
  torch::NoGradGuard no_grad;
  head_weight_.copy_(torch::tensor(head.weight).reshape({2, -1}));
  head_bias_.copy_(torch::tensor(std::vector<float>(head.bias.begin(), head.bias.end())));
}

void StepNetwork::To(torch::Device device) {
  decoder_->to(device);
  head_weight_ = head_weight_.detach().to(device).requires_grad_(true);
  head_bias_ = head_bias_.detach().to(device).requires_grad_(true);
}

}  // namespace pgts::reward
