// SPDX-License-Identifier: Apache-2.0
#include "model/adamw.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pgts::model {
namespace {

TEST(AdamW, RateWarmsUpThenFallsToTheFloor) {
  const AdamWRecipe recipe{
      .learning_rate = 2.0, .warmup_ratio = 0.1, .floor_ratio = 0.1, .steps = 100};
  EXPECT_DOUBLE_EQ(LearningRate(recipe, 0), 0.2);
  EXPECT_DOUBLE_EQ(LearningRate(recipe, 9), 2.0);
  EXPECT_DOUBLE_EQ(LearningRate(recipe, 10), 2.0);
  EXPECT_DOUBLE_EQ(LearningRate(recipe, 55), 2.0 * (0.1 + 0.9 * 0.5));  // half way: cosine 0
  EXPECT_DOUBLE_EQ(LearningRate(recipe, 100), 0.2);
  EXPECT_DOUBLE_EQ(LearningRate(recipe, 1000), 0.2);
}

// With zero gradients Adam moves nothing: what shrinks was decayed, by 1 - rate * decay.
TEST(AdamW, DecaysMatricesOnly) {
  const torch::Tensor matrix = torch::ones({2, 2}).set_requires_grad(true);
  const torch::Tensor vector = torch::ones({2}).set_requires_grad(true);
  const AdamWRecipe recipe{
      .learning_rate = 0.5, .weight_decay = 0.1, .warmup_ratio = 0, .steps = 10};
  const auto optimiser = MakeAdamW({matrix, vector}, recipe);
  ((matrix.sum() + vector.sum()) * 0.0).backward();
  StepAdamW(*optimiser, {matrix, vector}, recipe, 0);
  EXPECT_TRUE(torch::allclose(matrix, torch::full({2, 2}, 0.95)));
  EXPECT_TRUE(torch::equal(vector, torch::ones({2})));
}

TEST(AdamW, ClipsByTheGlobalNormAndClearsGradients) {
  // Clipping scales both moments alike; a second, tiny gradient shows how far the first was cut.
  const auto second_move = [](double clip) {
    const torch::Tensor w = torch::zeros({2}).set_requires_grad(true);
    const AdamWRecipe recipe{.learning_rate = 1, .max_grad_norm = clip, .steps = 1000};
    const auto optimiser = MakeAdamW({w}, recipe);
    (w * torch::tensor({300.0f, 400.0f})).sum().backward();
    EXPECT_NEAR(StepAdamW(*optimiser, {w}, recipe, 500), 500.0, 1e-3);
    EXPECT_EQ(w.grad().abs().sum().item<float>(), 0.0f);
    const torch::Tensor before = w.detach().clone();
    (w * torch::tensor({-0.3f, -0.4f})).sum().backward();
    StepAdamW(*optimiser, {w}, recipe, 500);
    return (w.detach() - before)[0].item<double>();
  };
  // By hand: m = 0.9 * 30 - 0.03, v = 0.95 * 4500, over 1 - 0.9^2 and 1 - 0.95^2: 0.678 of the
  // rate.
  const double rate = LearningRate({.learning_rate = 1, .steps = 1000}, 500);
  EXPECT_NEAR(second_move(0), -0.678 * rate, 0.002);
  EXPECT_GT(second_move(0.5), 0);  // cut to the same size, the second gradient turns it round
}

TEST(AdamW, AGradientThatIsNotFiniteChangesNothing) {
  const torch::Tensor w = torch::ones({2, 2}).set_requires_grad(true);
  const AdamWRecipe recipe;
  const auto optimiser = MakeAdamW({w}, recipe);
  (w.sum() * std::nan("")).backward();
  EXPECT_FALSE(std::isfinite(StepAdamW(*optimiser, {w}, recipe, 0)));
  EXPECT_TRUE(torch::equal(w, torch::ones({2, 2})));
  EXPECT_EQ(w.grad().abs().sum().item<float>(), 0.0f);
}

}  // namespace
}  // namespace pgts::model
