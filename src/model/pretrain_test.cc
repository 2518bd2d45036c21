// SPDX-License-Identifier: Apache-2.0
#include "model/pretrain.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

#include "base/error.h"
#include "model/byte_batches.h"
#include "model/decoder.h"
#include "model/gradient_workers.h"
#include "model/tiny_shape.h"

namespace pgts::model {
namespace {

// "7:" -> "777": what is written follows from the prompt alone.
PretrainExample Repeat(int64_t index) {
  const char digit = static_cast<char>('0' + index * 7 % 10);
  return {fmt::format("{}:", digit), std::string(1 + index % 3, digit) + "\n"};
}

PretrainOptions Options() {
  return {.shape = TinyShape(), .steps = 60, .batch_tokens = 128, .learning_rate = 1e-2};
}

std::vector<double> Losses(const PretrainOptions& options) {
  std::vector<double> losses;
  Pretrain(options, Repeat,
           [&](const PretrainStep& step, Decoder&) { losses.push_back(step.loss); });
  return losses;
}

TEST(Pretrain, LearnsWhatFollowsFromThePrompt) {
  const std::vector<double> losses = Losses(Options());
  EXPECT_GT(losses.front(), 4.0);
  EXPECT_LT(losses.back(), 0.8);  // the number of repeats cannot be foreseen
}

TEST(Pretrain, OneSeedGivesTheSameRun) {
  PretrainOptions options = Options();
  options.steps = 5;
  const std::vector<double> first = Losses(options);
  EXPECT_EQ(first, Losses(options));
  options.seed = 1;
  EXPECT_NE(first, Losses(options));
}

TEST(Pretrain, RefusesExamplesThatNeverFit) {
  const auto source = [](int64_t) { return PretrainExample{std::string(100, 'x'), "y"}; };
  EXPECT_THROW(Pretrain(Options(), source, nullptr), Error);
}

TEST(ByteBatches, HoldsEveryExampleOnceWithinTheBudget) {
  const PretrainOptions options{.shape = TinyShape(), .batch_tokens = 100};
  std::vector<int64_t> lengths;  // of the stream, as drawn
  const PretrainSource source = [&](int64_t index) {
    const int64_t length = 1 + index * 37 % 60;
    lengths.push_back(length + 2);
    return PretrainExample{"q", std::string(length, 'a')};
  };
  ByteBatches batches(options, source);
  std::vector<int64_t> seen;
  while (lengths.empty() || seen.size() < lengths.size()) {
    const ByteBatch batch = batches.Next();
    ASSERT_FALSE(batch.empty());
    for (const ByteSequence& row : batch) {
      EXPECT_EQ(row.tokens.back(), kEndToken);
      EXPECT_EQ(row.prompt, 1);
      seen.push_back(static_cast<int64_t>(row.tokens.size()));
      EXPECT_LE(seen.back(), static_cast<int64_t>(batch.back().tokens.size()));
    }
    EXPECT_LE(batch.size() * batch.back().tokens.size(), 100u);
  }
  std::sort(seen.begin(), seen.end());
  std::sort(lengths.begin(), lengths.end());
  EXPECT_EQ(seen, lengths);
}

class Workers : public ::testing::Test {
 protected:
  static constexpr int kShards = 5;
  // The gradient of the sum over shards of sum(w^2) * (shard + 1), with that many workers.
  static torch::Tensor Gradient(int count) {
    const torch::Tensor master = torch::ones({3}).set_requires_grad(true);
    std::vector<std::vector<torch::Tensor>> replicas;
    for (int i = 0; i < count; ++i) replicas.push_back({torch::zeros({3}).set_requires_grad(true)});
    GradientWorkers workers({master}, replicas);
    workers.Run(kShards, [&](int worker, int shard) {
      (replicas[worker][0].square().sum() * (shard + 1)).backward();
    });
    return master.grad();
  }
};

TEST_F(Workers, SumTheShards) {
  for (const int count : {1, 2, 7}) {
    EXPECT_TRUE(torch::equal(Gradient(count), torch::full({3}, 2.0f * 15))) << count;
  }
}

TEST_F(Workers, PassOnAnException) {
  const torch::Tensor master = torch::ones({3}).set_requires_grad(true);
  GradientWorkers workers({master}, {{torch::zeros({3}).set_requires_grad(true)}});
  EXPECT_THROW(workers.Run(2, [](int, int) { throw std::runtime_error("x"); }), std::runtime_error);
}

}  // namespace
}  // namespace pgts::model
