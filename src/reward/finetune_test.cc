// SPDX-License-Identifier: Apache-2.0
#include "reward/finetune.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "labels/test_fakes.h"
#include "model/decoder.h"
#include "model/tiny_shape.h"
#include "reward/step_network.h"
#include "reward/training_rows.h"

namespace pgts::reward {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

std::shared_ptr<model::Decoder> SmallDecoder(uint64_t seed = 1) {
  return std::make_shared<model::Decoder>(model::TinyShape(), seed);
}

// "a step is right when its letter is the prompt's letter": learnt in seconds.
std::vector<labels::LabelledSolution> LetterTask(int problems, uint64_t seed,
                                                 bool shuffle = false) {
  RandomStream random{Key("letters").With(seed)};
  std::vector<labels::LabelledSolution> solutions;
  for (int p = 0; p < problems; ++p) {
    const char letter = static_cast<char>('a' + random.Below(4));
    const std::string id = "letters/" + std::to_string(seed) + "/" + std::to_string(p);
    for (int s = 0; s < 4; ++s) {
      std::vector<std::pair<std::string, std::optional<int>>> steps;
      for (int i = 0; i < 3; ++i) {
        const char said = random.Below(2) ? letter : static_cast<char>('a' + random.Below(4));
        const int truth = said == letter;
        steps.push_back({std::string(1, said) + "\n", shuffle ? random.Below(2) : truth});
      }
      solutions.push_back(labels::TextSolution(id, std::string("Q") + letter + "\n", steps));
    }
  }
  return solutions;
}

FinetuneOptions FastOptions() {
  FinetuneOptions options;
  options.training.learning_rate = 5e-3;
  options.training.num_epochs = 4;
  options.training.compute_type = "float32";
  return options;
}

TEST(TrainingRowsTest, LossMaskByHand) {
  std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p/1", "Q\n", {{"a\n", 1}, {"b\n", std::nullopt}, {"c\n", 0}}),
      labels::TextSolution("p/1", "Q\n", {{"a\n", 1}, {"d\n", 0}}),
      labels::TextSolution("p/2", "R\n", {{"a\n", std::nullopt}})};
  solutions[1].source = labels::Source::kCorruption;
  solutions[0].grade = 0;
  solutions[0].steps[0].soft = 0.25;
  const std::vector<TrainingRow> rows = MakeRows(solutions, {.corruption_weight = 0.5});
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0].label, ElementsAre(1, -1, 0, 1, 0));
  EXPECT_THAT(rows[0].target, ElementsAre(0.25, 0, 0, 1, 0));
  EXPECT_THAT(rows[0].weight, ElementsAre(1, 0, 1, 0.5, 0.5));
  const RowOptions balanced = Balanced({.corruption_weight = 0.5}, rows);
  EXPECT_DOUBLE_EQ(balanced.right_weight, 3 / (2 * 0.75));  // 0.25 + 0.5 of 3
  EXPECT_DOUBLE_EQ(balanced.wrong_weight, 3 / (2 * 2.25));
  EXPECT_DOUBLE_EQ(
      ExampleWeight(labels::Source::kRollout, 0.25, {.right_weight = 2, .wrong_weight = 1}), 1.25);
  EXPECT_EQ(rows[0].truth[1].depth, 2);
  EXPECT_EQ(rows[0].truth[1].grade, std::nullopt);
  EXPECT_EQ(rows[0].truth[2].grade, 0);
  EXPECT_EQ(SupervisedCount(rows), 4);
  EXPECT_EQ(SupervisedCount(std::span(rows).subspan(1)), 0);
}

TEST(TrainingRowsTest, StepsThatEndTooLateAreCounted) {
  const std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p/1", "Q\n", {{"a\n", 1}, {"b\n", 0}, {"c\n", std::nullopt}}),
      labels::TextSolution("p/2", "Q\n", {{"a\n", 1}})};
  const labels::LabelledSolution& first = solutions[0];
  const auto length = static_cast<int>(first.prompt.size() + first.steps[0].tokens.size());
  EXPECT_EQ(TooLongCount(solutions, length), 1);
  EXPECT_EQ(TooLongCount(solutions, length - 1), 3);
  EXPECT_EQ(SupervisedCount(MakeRows(solutions, {.max_length = length})), 2);
}

TEST(TrainingRowsTest, MaxExamplesTakesWholeSolutions) {
  const std::vector<labels::LabelledSolution> solutions = LetterTask(10, 1);
  EXPECT_EQ(SupervisedCount(MakeRows(solutions, {})), 120);
  EXPECT_EQ(SupervisedCount(MakeRows(solutions, {.max_examples = 10})), 12);
}

TEST(TrainingRowsTest, BatchesHoldEveryRowOnce) {
  const std::vector<labels::LabelledSolution> solutions = LetterTask(37, 1);
  const std::vector<TrainingRow> rows = MakeRows(solutions, {.solutions_per_row = 4});
  ASSERT_EQ(rows.size(), 37u);
  std::vector<int> seen;
  const RowBatches batches = ShuffledBatches(rows, 8, RandomStream(Key("order")));
  for (const std::vector<int>& batch : batches) {
    EXPECT_LE(batch.size(), 2u);
    seen.insert(seen.end(), batch.begin(), batch.end());
  }
  std::sort(seen.begin(), seen.end());
  std::vector<int> all(37);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(seen, all);
  EXPECT_EQ(batches, ShuffledBatches(rows, 8, RandomStream(Key("order"))));
  EXPECT_NE(batches, ShuffledBatches(rows, 8, RandomStream(Key("other"))));
}

// A tree row gives every step the hidden state that a row of its own gives it.
TEST(StepNetworkTest, TreeRowsEqualSeparateRows) {
  torch::NoGradGuard no_grad;
  const auto decoder = SmallDecoder();
  const std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p", "Question\n", {{"a\n", 1}, {"bcd\n", 0}}),
      labels::TextSolution("p", "Question\n", {{"a\n", 1}, {"bx\n", 0}, {"y\n", 0}}),
      labels::TextSolution("p", "Other\n", {{"z\n", 1}})};
  const labels::LabelledSolution* together[] = {&solutions[0], &solutions[1]};
  const labels::LabelledSolution* other[] = {&solutions[2]};
  const TokenTree tree = BuildTokenTree(together, 64), small = BuildTokenTree(other, 64);
  const TokenTree* rows[] = {&tree, &small};
  const TreeBatch batch = MakeTreeBatch(rows);
  const torch::Tensor hidden = decoder->Forward(batch.tokens_BT, batch.layout).flatten(0, 1);

  std::vector<torch::Tensor> plain;
  for (const labels::LabelledSolution& solution : solutions) {
    std::vector<int64_t> tokens(solution.prompt.begin(), solution.prompt.end());
    for (const labels::LabelledStep& step : solution.steps) {
      tokens.insert(tokens.end(), step.tokens.begin(), step.tokens.end());
      plain.push_back(decoder->Forward(torch::tensor(tokens).unsqueeze(0))[0][-1]);
    }
  }
  const torch::Tensor read = hidden.index_select(0, batch.readings_R);
  ASSERT_EQ(read.size(0), 6);
  EXPECT_LT((read - torch::stack(plain)).abs().max().item<double>(), 1e-5);
}

TEST(FinetuneTest, LearnsTrueLabelsAndNothingFromShuffledOnes) {
  const std::vector<labels::LabelledSolution> held_out = LetterTask(60, 2);
  const auto decoder = SmallDecoder();
  const FinetuneResult learnt = Finetune(decoder, LetterTask(150, 1), held_out, FastOptions());
  EXPECT_GT(learnt.metrics.step_auc, 0.97);
  EXPECT_LT(learnt.metrics.ece, 0.1);
  for (const auto& [name, weight] : decoder->Weights()) {
    EXPECT_FALSE(weight.grad().defined()) << name << " keeps a gradient's memory";
  }

  // Labels without meaning: chance against held-out labels of the same kind. 720 steps: the
  // standard error of the AUC is 0.022.
  const FinetuneResult chance =
      Finetune(SmallDecoder(), LetterTask(150, 1, true), LetterTask(60, 2, true), FastOptions());
  EXPECT_NEAR(chance.metrics.step_auc, 0.5, 0.08);
}

TEST(FinetuneTest, LoraLearnsBesideABaseThatStaysAsItIs) {
  const auto decoder = SmallDecoder();
  std::vector<torch::Tensor> base;
  for (const auto& [name, weight] : decoder->Weights()) base.push_back(weight.detach().clone());
  decoder->AddLora({.rank = 8, .alpha = 16}, 1);
  FinetuneOptions options = FastOptions();
  options.training.lora_learning_rate = 1e-2;
  const std::vector<labels::LabelledSolution> held_out = LetterTask(60, 2);
  const FinetuneResult learnt = Finetune(decoder, LetterTask(150, 1), held_out, options);
  EXPECT_GT(learnt.metrics.step_auc, 0.95);
  for (size_t i = 0; i < base.size(); ++i) {
    EXPECT_TRUE(torch::equal(decoder->Weights()[i].second, base[i])) << decoder->Weights()[i].first;
  }
  const RewardMetrics again =
      Measure(ScoreSolutions(decoder, learnt.head, held_out, 64), learnt.calibration);
  EXPECT_NEAR(again.step_auc, learnt.metrics.step_auc, 1e-9);
}

TEST(FinetuneTest, OneSeedGivesTheSameWeights) {
  FinetuneOptions options = FastOptions();
  options.training.num_epochs = 1;
  const auto run = [&](uint64_t seed) {
    options.seed = seed;
    const auto decoder = SmallDecoder();
    const FinetuneResult result = Finetune(decoder, LetterTask(20, 1), LetterTask(5, 2), options);
    return std::pair(decoder->parameters().front().clone(), result.head.weight);
  };
  const auto first = run(3), again = run(3), other = run(4);
  EXPECT_TRUE(torch::equal(first.first, again.first));
  EXPECT_EQ(first.second, again.second);
  EXPECT_FALSE(torch::equal(first.first, other.first));
}

TEST(FinetuneTest, KeepsTheBestWeightsNotTheLast) {
  FinetuneOptions options = FastOptions();
  options.training.evaluations_per_epoch = 3;
  const auto decoder = SmallDecoder();
  const std::vector<labels::LabelledSolution> held_out = LetterTask(30, 2);
  const FinetuneResult result = Finetune(decoder, LetterTask(60, 1), held_out, options);
  EXPECT_EQ(result.validations.size(), 12u);
  double best = 0;
  for (const ValidationPoint& point : result.validations) best = std::max(best, point.step_auc);
  const RewardMetrics again = Measure(ScoreSolutions(decoder, result.head, held_out, 64), {});
  EXPECT_NEAR(again.step_auc, best, 1e-9);
}

TEST(FinetuneTest, NoSupervisedPositionIsAnError) {
  const std::vector<labels::LabelledSolution> unlabelled = {
      labels::TextSolution("p", "Q\n", {{"a\n", std::nullopt}})};
  const std::vector<labels::LabelledSolution> good = LetterTask(5, 1);
  const auto no_labels = Throws<Error>(Property(&Error::what, HasSubstr("no labelled step")));
  EXPECT_THAT([&] { Finetune(SmallDecoder(), unlabelled, good, FastOptions()); }, no_labels);
  EXPECT_THAT([&] { Finetune(SmallDecoder(), good, unlabelled, FastOptions()); }, no_labels);
  EXPECT_THAT([&] { Finetune(SmallDecoder(), {}, good, FastOptions()); }, no_labels);
  // Labels beyond the longest sequence are none.
  FinetuneOptions options = FastOptions();
  options.max_sequence_length = 3;
  EXPECT_THAT([&] { Finetune(SmallDecoder(), good, good, options); }, no_labels);
}

TEST(FinetuneTest, ASourceThatIsNotTrainedOnIsMeasuredOn) {
  std::vector<labels::LabelledSolution> corruptions = LetterTask(20, 1);
  for (labels::LabelledSolution& solution : corruptions)
    solution.source = labels::Source::kCorruption;
  FinetuneOptions options = FastOptions();
  options.training.num_epochs = 1;
  options.training.rollout_weight = 0;
  EXPECT_GT(Finetune(SmallDecoder(), corruptions, LetterTask(5, 2), options).metrics.steps, 0);
}

// The loss is a weighted mean: halving a batch's weights together changes nothing.
TEST(FinetuneTest, LossIsTheMeanCrossEntropy) {
  FinetuneOptions options = FastOptions();
  options.training.num_epochs = 1;
  options.dropout = 0;
  std::vector<double> losses;
  options.observer.on_step = [&](const TrainingPoint& point) { losses.push_back(point.loss); };
  Finetune(SmallDecoder(), LetterTask(4, 1), LetterTask(2, 2), options);
  ASSERT_FALSE(losses.empty());
  EXPECT_NEAR(losses.front(), std::log(2.0), 1e-5);  // the head starts at zero
}

}  // namespace
}  // namespace pgts::reward
