// SPDX-License-Identifier: Apache-2.0
#include "model/decoder.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include "base/error.h"
#include "model/tiny_shape.h"

namespace pgts::model {
namespace {

using torch::Tensor;

Tensor RandomTokens(int64_t rows, int64_t tokens) {
  torch::manual_seed(3);
  return torch::randint(0, 256, {rows, tokens}, torch::kInt64);
}

Tensor Loss(Decoder& decoder, const Tensor& tokens_BT) {
  const Tensor logits = decoder.Logits(decoder.Forward(tokens_BT.slice(1, 0, -1)));
  return torch::nn::functional::cross_entropy(logits.flatten(0, 1),
                                              tokens_BT.slice(1, 1).flatten());
}

TEST(Decoder, CountsItsWeights) {
  for (const bool tied : {true, false}) {
    for (const bool qwen3 : {true, false}) {
      DecoderShape shape = TinyShape();
      shape.tied = tied;
      shape.qk_norm = qwen3;
      shape.qkv_bias = !qwen3;
      int64_t count = 0;
      for (const Tensor& parameter : Decoder(shape).parameters()) count += parameter.numel();
      EXPECT_EQ(count, CountWeights(shape));
    }
  }
}

TEST(Decoder, SameSeedSameWeights) {
  const Tensor tokens = RandomTokens(1, 8);
  const Tensor first = Decoder(TinyShape(), 5).Forward(tokens);
  EXPECT_TRUE(torch::equal(first, Decoder(TinyShape(), 5).Forward(tokens)));
  EXPECT_FALSE(torch::allclose(first, Decoder(TinyShape(), 6).Forward(tokens)));
}

TEST(Decoder, ALaterTokenNeverChangesAnEarlierState) {
  Decoder decoder(TinyShape());
  const Tensor tokens = RandomTokens(2, 20);
  const Tensor before = decoder.Forward(tokens);
  for (const int64_t changed : {1, 10, 19}) {
    Tensor other = tokens.clone();
    other.select(1, changed).add_(1).remainder_(256);
    const Tensor after = decoder.Forward(other);
    EXPECT_TRUE(torch::equal(before.slice(1, 0, changed), after.slice(1, 0, changed)));
    EXPECT_FALSE(torch::allclose(before.slice(1, changed), after.slice(1, changed)));
  }
}

TEST(Decoder, PaddingOnTheRightChangesNothing) {
  Decoder decoder(TinyShape());
  const Tensor tokens = RandomTokens(2, 20);
  const Tensor padded = torch::full({2, 33}, kPadToken, torch::kInt64);
  padded.slice(1, 0, 20).copy_(tokens);
  const Tensor wide = decoder.Forward(padded).slice(1, 0, 20);
  EXPECT_TRUE(torch::allclose(decoder.Forward(tokens), wide, 1e-5, 1e-5));
}

TEST(Decoder, PositionsMatter) {
  Decoder decoder(TinyShape());
  const Tensor tokens = torch::tensor({{1, 2, 3, 9}, {2, 1, 3, 9}}, torch::kInt64);
  const Tensor hidden = decoder.Forward(tokens).select(1, 3);
  EXPECT_FALSE(torch::allclose(hidden[0], hidden[1], 1e-3, 1e-3));
}

// Every kind of weight, at the entry where its gradient is largest: (f(w + h) - f(w - h)) / 2h.
TEST(Decoder, GradientsEqualFiniteDifferences) {
  DecoderShape shape = TinyShape();
  shape.tied = false;
  shape.qkv_bias = true;
  Decoder decoder(shape);
  decoder.to(torch::kFloat64);
  decoder.set_compute_type(torch::kFloat64);
  const Tensor tokens = RandomTokens(3, 12);
  Loss(decoder, tokens).backward();
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : decoder.Weights()) {
    const Tensor flat = weight.view(-1);
    const int64_t at = weight.grad().abs().argmax().item<int64_t>();
    const double gradient = weight.grad().view(-1)[at].item<double>();
    constexpr double kStep = 1e-5;
    flat[at] += kStep;
    const double above = Loss(decoder, tokens).item<double>();
    flat[at] -= 2 * kStep;
    const double below = Loss(decoder, tokens).item<double>();
    flat[at] += kStep;
    EXPECT_NEAR((above - below) / (2 * kStep), gradient, 1e-6 + 1e-4 * std::abs(gradient)) << name;
  }
}

TEST(Decoder, Bfloat16StaysNearFloat32) {
  Decoder decoder(TinyShape());
  const Tensor tokens = RandomTokens(2, 20);
  const Tensor exact = decoder.Forward(tokens);
  decoder.set_compute_type(torch::kBFloat16);
  const Tensor rounded = decoder.Forward(tokens);
  EXPECT_EQ(rounded.scalar_type(), torch::kFloat32);
  EXPECT_LT((exact - rounded).abs().max().item<double>(), 0.1);
  EXPECT_GT((exact - rounded).abs().max().item<double>(), 0.0);
}

TEST(Decoder, RefusesWhatDoesNotFit) {
  Decoder decoder(TinyShape());
  EXPECT_THROW(decoder.Forward(RandomTokens(1, 65)), Error);
  DecoderShape odd = TinyShape();
  odd.kv_heads = 3;
  EXPECT_THROW(Decoder{odd}, Error);
}

}  // namespace
}  // namespace pgts::model
