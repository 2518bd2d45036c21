// SPDX-License-Identifier: Apache-2.0
#include "model/deepen.h"

#include <fmt/format.h>
#include <torch/utils.h>

#include <map>
#include <string>

#include "base/error.h"
#include "model/decoder.h"

namespace pgts::model {

std::shared_ptr<Decoder> Deepen(const Decoder& decoder, int64_t extra, uint64_t seed) {
  if (decoder.lora()) throw Error("a decoder is deepened before it gets LoRA, not after");
  torch::NoGradGuard no_grad;
  const int64_t layers = decoder.shape().layers;
  DecoderShape shape = decoder.shape();
  shape.layers += extra;
  auto deeper = std::make_shared<Decoder>(shape, seed);
  deeper->set_compute_type(decoder.compute_type());
  std::map<std::string, torch::Tensor> weights;
  for (const auto& [name, weight] : deeper->Weights()) weights[name] = weight;
  for (const auto& [name, weight] : decoder.Weights()) weights.at(name).copy_(weight);
  for (int64_t layer = layers; layer < shape.layers; ++layer) {
    weights.at(fmt::format("blk.{}.attn_output.weight", layer)).zero_();
    weights.at(fmt::format("blk.{}.ffn_down.weight", layer)).zero_();
  }
  return deeper;
}

}  // namespace pgts::model
