// SPDX-License-Identifier: Apache-2.0
#include "model/decoder.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <memory>
#include <vector>

#include "base/error.h"
#include "model/gradient_workers.h"
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

// Every weight of the list, at the entry where its gradient is largest:
// (f(w + h) - f(w - h)) / 2h.
void ExpectFiniteDifferences(Decoder& decoder, const Decoder::NamedTensors& weights) {
  decoder.to(torch::kFloat64);
  decoder.set_compute_type(torch::kFloat64);
  const Tensor tokens = RandomTokens(3, 12);
  Loss(decoder, tokens).backward();
  torch::NoGradGuard no_grad;
  for (const auto& [name, weight] : weights) {
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
    EXPECT_NE(gradient, 0.0) << name;
  }
}

TEST(Decoder, GradientsEqualFiniteDifferences) {
  DecoderShape shape = TinyShape();
  shape.tied = false;
  shape.qkv_bias = true;
  Decoder decoder(shape);
  ExpectFiniteDifferences(decoder, decoder.Weights());
}

// B is zero at first, and then A has no gradient.
void FillLora(Decoder& decoder) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(8);
  for (const auto& [name, weight] : decoder.LoraWeights()) weight.normal_(0, 0.2);
}

TEST(DecoderLora, GradientsEqualFiniteDifferences) {
  Decoder decoder(TinyShape());
  decoder.AddLora({.rank = 3, .alpha = 5}, 1);
  FillLora(decoder);
  EXPECT_EQ(decoder.LoraWeights().size(), 2u * 7u * 2u);
  ExpectFiniteDifferences(decoder, decoder.LoraWeights());
}

TEST(DecoderLora, StartsAtTheBase) {
  const Tensor tokens = RandomTokens(2, 20);
  Decoder decoder(TinyShape(), 5);
  const Tensor base = decoder.Forward(tokens);
  decoder.AddLora({.rank = 4, .alpha = 8}, 1);
  EXPECT_TRUE(torch::allclose(base, decoder.Forward(tokens), 1e-5, 1e-5));
  FillLora(decoder);
  EXPECT_FALSE(torch::allclose(base, decoder.Forward(tokens), 1e-2, 1e-2));
}

// y = W x + alpha / rank · B A x: the same as a base whose W is W + alpha / rank · B A.
TEST(DecoderLora, EqualsTheMergedMatrices) {
  const Tensor tokens = RandomTokens(2, 20);
  Decoder decoder(TinyShape(), 5), merged(TinyShape(), 5);
  decoder.AddLora({.rank = 4, .alpha = 6}, 1);
  FillLora(decoder);
  torch::NoGradGuard no_grad;
  size_t pairs = 0;
  for (const auto& [name, weight] : merged.Weights()) {
    for (size_t i = 0; i < decoder.LoraWeights().size(); i += 2) {
      if (decoder.LoraWeights()[i].first != name + ".lora_a") continue;
      weight.add_(decoder.LoraWeights()[i + 1].second.matmul(decoder.LoraWeights()[i].second), 1.5);
      ++pairs;
    }
  }
  EXPECT_EQ(pairs, 14u);
  EXPECT_TRUE(torch::allclose(merged.Forward(tokens), decoder.Forward(tokens), 1e-4, 1e-4));
}

TEST(DecoderLora, OnlyLoraLearns) {
  Decoder decoder(TinyShape());
  EXPECT_EQ(decoder.TrainableParameters().size(), decoder.Weights().size());
  decoder.AddLora({}, 1);
  EXPECT_EQ(decoder.TrainableParameters().size(), decoder.LoraWeights().size());
  Loss(decoder, RandomTokens(2, 8)).backward();
  for (const auto& [name, weight] : decoder.Weights())
    EXPECT_FALSE(weight.grad().defined()) << name;
  for (const auto& [name, weight] : decoder.LoraWeights()) {
    ASSERT_TRUE(weight.grad().defined()) << name;
    EXPECT_EQ(weight.grad().abs().sum().item<double>() > 0, name.ends_with("lora_b")) << name;
  }
}

TEST(DecoderLora, FrozenMatricesAreKeptInTheComputeType) {
  Decoder decoder(TinyShape());
  const Tensor tokens = RandomTokens(2, 20);
  const Tensor exact = decoder.Forward(tokens);
  decoder.set_compute_type(torch::kBFloat16);
  decoder.AddLora({.rank = 4}, 1);
  for (const auto& [name, weight] : decoder.Weights()) {
    EXPECT_EQ(weight.scalar_type(), weight.dim() > 1 ? torch::kBFloat16 : torch::kFloat32) << name;
  }
  for (const auto& [name, weight] : decoder.LoraWeights()) {
    EXPECT_EQ(weight.scalar_type(), torch::kFloat32) << name;
  }
  const Tensor rounded = decoder.Forward(tokens);
  EXPECT_EQ(rounded.scalar_type(), torch::kFloat32);
  EXPECT_LT((exact - rounded).abs().max().item<double>(), 0.1);
}

TEST(DecoderLora, RefusesWhatDoesNotFit) {
  Decoder decoder(TinyShape());
  EXPECT_THROW(decoder.AddLora({.rank = 0}, 1), Error);
  EXPECT_THROW(decoder.AddLora({.rank = 33}, 1), Error);
  EXPECT_THROW(decoder.AddLora({.alpha = 0}, 1), Error);
  EXPECT_FALSE(decoder.frozen());
  decoder.AddLora({}, 1);
  EXPECT_THROW(decoder.AddLora({}, 1), Error);
}

TEST(DecoderReplica, SharesTheMemoryAndOwnsItsGradients) {
  Decoder decoder(TinyShape(), 5);
  decoder.AddLora({.rank = 4}, 1);
  FillLora(decoder);
  const auto replica = decoder.Replica();
  EXPECT_EQ(replica->lora(), decoder.lora());
  const auto mine = decoder.parameters(), theirs = replica->parameters();
  ASSERT_EQ(mine.size(), theirs.size());
  for (size_t i = 0; i < mine.size(); ++i) {
    EXPECT_EQ(mine[i].data_ptr(), theirs[i].data_ptr());
    EXPECT_EQ(mine[i].requires_grad(), theirs[i].requires_grad());
  }
  const Tensor tokens = RandomTokens(2, 20);
  EXPECT_TRUE(torch::equal(decoder.Forward(tokens), replica->Forward(tokens)));
  Loss(*replica, tokens).backward();
  EXPECT_FALSE(decoder.TrainableParameters()[0].grad().defined());
  EXPECT_TRUE(replica->TrainableParameters()[0].grad().defined());
}

std::vector<Tensor> Gradients(Decoder& decoder, const Tensor& tokens) {
  for (Tensor& parameter : decoder.TrainableParameters()) parameter.mutable_grad() = Tensor();
  Loss(decoder, tokens).backward();
  std::vector<Tensor> gradients;
  for (const Tensor& parameter : decoder.TrainableParameters()) {
    gradients.push_back(parameter.grad().clone());
  }
  return gradients;
}

void ExpectEqual(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(torch::equal(a[i], b[i])) << i;
}

TEST(DecoderCheckpointing, GradientsAreTheSameBits) {
  const Tensor tokens = RandomTokens(3, 20);
  for (const auto type : {torch::kFloat32, torch::kBFloat16}) {
    for (const bool lora : {false, true}) {
      Decoder decoder(TinyShape(), 5);
      decoder.set_compute_type(type);
      if (lora) {
        decoder.AddLora({.rank = 4}, 1);
        FillLora(decoder);
      }
      const std::vector<Tensor> plain = Gradients(decoder, tokens);
      decoder.set_checkpointing(true);
      ExpectEqual(plain, Gradients(decoder, tokens));
    }
  }
}

// A row whose second half answers the first token only, as in a tree of continuations.
Decoder::Layout ForkedLayout(int64_t tokens) {
  Tensor mask = torch::full({1, tokens, tokens}, -INFINITY).triu(1);
  const int64_t half = tokens / 2;
  mask.slice(1, half).slice(2, 1, half).fill_(-INFINITY);
  Tensor positions = torch::arange(tokens).unsqueeze(0);
  positions.slice(1, half).sub_(half - 1);
  return {.positions_BT = positions, .mask_BTT = mask};
}

TEST(DecoderCheckpointing, KeepsTheLayout) {
  Decoder decoder(TinyShape(), 5);
  decoder.AddLora({.rank = 4}, 1);
  FillLora(decoder);
  const Tensor tokens = RandomTokens(1, 12);
  const Decoder::Layout layout = ForkedLayout(12);
  const auto gradient = [&] {
    for (Tensor& parameter : decoder.TrainableParameters()) parameter.mutable_grad() = Tensor();
    decoder.Forward(tokens, layout).square().sum().backward();
    return decoder.TrainableParameters()[0].grad().clone();
  };
  const Tensor plain = gradient();
  decoder.set_checkpointing(true);
  const Tensor hidden = decoder.Forward(tokens, layout);
  EXPECT_TRUE(torch::equal(plain, gradient()));
  EXPECT_FALSE(torch::allclose(hidden, decoder.Forward(tokens)));
}

// Four workers on replicas of one frozen base: with checkpointing the same sum of gradients.
TEST(DecoderCheckpointing, WorksUnderGradientWorkers) {
  Decoder decoder(TinyShape(), 5);
  decoder.AddLora({.rank = 4}, 1);
  FillLora(decoder);
  const Tensor tokens = RandomTokens(16, 20);
  const auto summed = [&](bool checkpointing) {
    decoder.set_checkpointing(checkpointing);
    std::vector<std::shared_ptr<Decoder>> replicas;
    std::vector<std::vector<Tensor>> parameters;
    for (int i = 0; i < 4; ++i) {
      replicas.push_back(decoder.Replica());
      parameters.push_back(replicas.back()->TrainableParameters());
    }
    std::vector<Tensor> master = decoder.TrainableParameters();
    for (Tensor& parameter : master) parameter.mutable_grad() = Tensor();
    GradientWorkers(master, parameters).Run(16, [&](int worker, int shard) {
      Loss(*replicas[worker], tokens.slice(0, shard, shard + 1)).backward();
    });
    std::vector<Tensor> gradients;
    for (const Tensor& parameter : master) gradients.push_back(parameter.grad().clone());
    return gradients;
  };
  const std::vector<Tensor> plain = summed(false);
  ExpectEqual(plain, summed(true));
  EXPECT_GT(plain[1].abs().sum().item<double>(), 0);
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
