// SPDX-License-Identifier: Apache-2.0
#include "reward/head_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/error.h"
#include "base/random.h"
#include "base/temp_folder.h"
#include "labels/test_fakes.h"
#include "llm/scripted_generator.h"

namespace pgts::reward {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

constexpr int kWidth = 40;

// A hidden state in which feature 3 says whether the last step is right, dimly and at an odd scale;
// feature 5 never varies, the others are noise.
std::vector<float> State(std::string_view text) {
  const Key key = Key("state").With(text);
  std::vector<float> hidden(kWidth);
  for (int d = 0; d < kWidth; ++d) {
    hidden[static_cast<size_t>(d)] =
        static_cast<float>(key.Uniform(static_cast<uint64_t>(d)) - 0.5);
  }
  const bool right = text.ends_with("yes\n");
  hidden[3] = 500 + (right ? 0.02f : -0.02f) + 0.04f * hidden[3];
  hidden[5] = 7;
  return hidden;
}

llm::ScriptedEncoder Encoder() { return llm::ScriptedEncoder(kWidth, State); }

labels::StepData Data(int problems) {
  labels::StepData data;
  RandomStream random{Key("head-data")};
  for (int p = 0; p < 2 * problems; ++p) {
    std::vector<std::pair<std::string, std::optional<int>>> steps;
    for (int i = 0; i < 3; ++i) {
      const int label = random.Below(2);
      const std::string number = std::to_string(random.Below(1000));
      steps.push_back({number + (label ? " yes\n" : " no\n"), label});
    }
    labels::LabelledSolution solution =
        labels::TextSolution("p/" + std::to_string(p), "Q" + std::to_string(p) + "\n", steps);
    solution.index = p;
    solution.grade = steps.back().second;
    (p < problems ? data.train : data.validation).push_back(std::move(solution));
  }
  return data;
}

HeadOptions Quiet() { return {}; }

TEST(HeadTrainingTest, FindsTheFeatureThatTells) {
  const TempFolder folder;
  const labels::StepData data = Data(150);
  llm::ScriptedEncoder encoder = Encoder();
  const HiddenStates states = ReadHiddenStates(encoder, data, folder.path());
  const FinetuneResult result = TrainHead(states, data.train, data.validation, Quiet());
  EXPECT_GT(result.metrics.step_auc, 0.97);
  EXPECT_GT(result.metrics.outcome_auc, 0.95);
  EXPECT_EQ(result.metrics.outcomes, 150);
  EXPECT_LT(result.metrics.outcome_auc_low, result.metrics.outcome_auc);
  EXPECT_EQ(result.examples, 450);
  EXPECT_GT(result.validations.size(), 5u);
  // What is constant has no weight, and the head reads plain hidden states.
  EXPECT_EQ(result.head.weight[5], 0);
  EXPECT_GT(result.head.Logit(State("1 yes\n")), result.head.Logit(State("1 no\n")) + 1);
}

// At the minimum the gradient is 0: for the offset, the mean probability is the mean target; for a
// standardised weight, the mean of (p - target) x is -l2 w. Some targets are soft.
TEST(HeadTrainingTest, SolvesTheProblemThatTheHeaderStates) {
  const TempFolder folder;
  labels::StepData data = Data(60);
  for (labels::LabelledSolution& solution : data.train) solution.steps[1].soft = 0.25;
  llm::ScriptedEncoder encoder = Encoder();
  const HiddenStates states = ReadHiddenStates(encoder, data, folder.path());
  HeadOptions options;
  options.training.head_l2 = 0.2;
  const FinetuneResult result = TrainHead(states, data.train, data.validation, options);
  EXPECT_EQ(result.head_l2, 0.2);
  EXPECT_EQ(result.validations.size(), 1u);

  std::vector<double> x, residual;
  for (const labels::LabelledSolution& solution : data.train) {
    const std::vector<uint64_t> paths = labels::PathHashes(solution);
    for (size_t i = 0; i < paths.size(); ++i) {
      const std::span<const float> hidden = states.Find(paths[i]);
      ASSERT_EQ(hidden.size(), static_cast<size_t>(kWidth));
      x.push_back(hidden[3]);
      residual.push_back(1 / (1 + std::exp(-result.head.Logit(hidden))) -
                         solution.steps[i].Target());
    }
  }
  double sum = 0, mean = 0, square = 0, along = 0;
  const auto n = static_cast<double>(x.size());
  for (size_t i = 0; i < x.size(); ++i) sum += residual[i], mean += x[i] / n;
  for (size_t i = 0; i < x.size(); ++i) square += (x[i] - mean) * (x[i] - mean) / n;
  const double spread = std::sqrt(square);
  for (size_t i = 0; i < x.size(); ++i) along += residual[i] * (x[i] - mean) / spread / n;
  const double w = (result.head.weight[kWidth + 3] - result.head.weight[3]) * spread;
  EXPECT_NEAR(sum / n, 0, 1e-3);
  EXPECT_NEAR(along, -0.2 * w, 2e-3);
  EXPECT_GT(w, 0.3);
}

TEST(HeadTrainingTest, TheSameHeadAgain) {
  const TempFolder folder;
  const labels::StepData data = Data(30);
  llm::ScriptedEncoder encoder = Encoder();
  const HiddenStates read = ReadHiddenStates(encoder, data, folder.path());
  const HiddenStates back = ReadHiddenStates(encoder, data, folder.path());
  const FinetuneResult first = TrainHead(read, data.train, data.validation, Quiet());
  const FinetuneResult again = TrainHead(back, data.train, data.validation, Quiet());
  EXPECT_EQ(first.head.weight, again.head.weight);
  EXPECT_EQ(first.calibration, again.calibration);
}

TEST(HeadTrainingTest, NoSupervisedStepIsAnError) {
  const TempFolder folder;
  const labels::StepData data = Data(5);
  llm::ScriptedEncoder encoder = Encoder();
  const HiddenStates states = ReadHiddenStates(encoder, data, folder.path());
  const auto no_labels = Throws<Error>(Property(&Error::what, HasSubstr("no labelled step")));
  EXPECT_THAT([&] { TrainHead(states, {}, data.validation, Quiet()); }, no_labels);
  EXPECT_THAT([&] { TrainHead(states, data.train, {}, Quiet()); }, no_labels);
  HeadOptions weightless;
  weightless.training.rollout_weight = 0;
  EXPECT_THAT([&] { TrainHead(states, data.train, data.validation, weightless); }, no_labels);
}

}  // namespace
}  // namespace pgts::reward
