// SPDX-License-Identifier: Apache-2.0
#include "model/deepen.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include "model/decoder.h"
#include "model/tiny_shape.h"

namespace pgts::model {
namespace {

TEST(Deepen, ComputesTheSameUntilItIsTrained) {
  Decoder base(TinyShape(), 3);
  const auto deeper = Deepen(base, 2, 4);
  EXPECT_EQ(deeper->shape().layers, 4);
  const torch::Tensor tokens = torch::tensor({{5, 1, 9, 30, 2}});
  EXPECT_TRUE(torch::equal(base.Forward(tokens), deeper->Forward(tokens)));
}

TEST(Deepen, EveryNewLayerCanLearn) {
  const auto deeper = Deepen(Decoder(TinyShape(), 3), 2, 4);
  deeper->Logits(deeper->Forward(torch::tensor({{5, 1, 9}})))
      .log_softmax(-1)
      .select(2, 7)
      .sum()
      .backward();
  for (const auto& [name, weight] : deeper->Weights()) {
    if (!name.ends_with("ffn_down.weight") && !name.ends_with("attn_output.weight")) continue;
    EXPECT_GT(weight.grad().abs().sum().item<float>(), 0) << name;
  }
}

TEST(Deepen, NoneMeansACopy) {
  const auto copy = Deepen(Decoder(TinyShape(), 3), 0, 4);
  EXPECT_EQ(copy->shape(), TinyShape());
}

}  // namespace
}  // namespace pgts::model
