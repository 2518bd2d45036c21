// SPDX-License-Identifier: Apache-2.0
#include "reward/hidden_states.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/stop.h"
#include "base/temp_folder.h"
#include "labels/test_fakes.h"
#include "llm/scripted_generator.h"

namespace pgts::reward {
namespace {

// Counts what it is asked for; the state is the length of the text and its last character.
class CountingEncoder {
 public:
  CountingEncoder()
      : encoder_(2, [this](std::string_view text) {
          ++asked;
          return std::vector<float>{static_cast<float>(text.size()), static_cast<float>(text[0])};
        }) {}
  int asked = 0;
  llm::ScriptedEncoder& get() { return encoder_; }

 private:
  llm::ScriptedEncoder encoder_;
};

labels::StepData Data() {
  labels::StepData data;
  data.train = {labels::TextSolution("p/1", "Q\n", {{"a\n", 1}, {"b\n", std::nullopt}, {"c\n", 0}}),
                labels::TextSolution("p/1", "Q\n", {{"a\n", 1}, {"d\n", 0}})};
  data.train[0].grade = data.train[1].grade = 0;
  data.validation = {labels::TextSolution("p/2", "R\n", {{"a\n", 1}, {"b\n", std::nullopt}})};
  data.validation[0].grade = 1;
  return data;
}

TEST(HiddenStatesTest, EveryLabelledPathOnceAndGradedEndsOfHeldOutOnes) {
  const TempFolder folder;
  CountingEncoder encoder;
  const labels::StepData data = Data();
  const HiddenStates states = ReadHiddenStates(encoder.get(), data, folder.path());
  EXPECT_EQ(encoder.asked, 5);  // Qa, Qabc, Qad; Ra, Rab
  EXPECT_EQ(states.count(), 5);
  EXPECT_EQ(states.width(), 2);
  const auto paths = labels::PathHashes(data.train[0]);
  EXPECT_EQ(paths[0], labels::PathHashes(data.train[1])[0]);
  EXPECT_THAT(states.Find(paths[0]), testing::ElementsAre(4, 'Q'));
  EXPECT_TRUE(states.Find(paths[1]).empty());
  EXPECT_THAT(states.Find(paths[2]), testing::ElementsAre(8, 'Q'));
  EXPECT_THAT(states.Find(labels::PathHashes(data.validation[0])[1]), testing::ElementsAre(6, 'R'));
}

TEST(HiddenStatesTest, WhatTheFileHoldsServesAgain) {
  const TempFolder folder;
  const std::string path = folder.File("hidden_states.safetensors");
  CountingEncoder encoder;
  labels::StepData data = Data();
  ReadHiddenStates(encoder.get(), data, folder.path());
  const HiddenStates again = ReadHiddenStates(encoder.get(), data, folder.path());
  EXPECT_EQ(encoder.asked, 5);
  EXPECT_THAT(again.Find(labels::PathHashes(data.train[1])[1]), testing::ElementsAre(6, 'Q'));

  data.train[0].steps[1].label = 1;  // one step more
  EXPECT_EQ(ReadHiddenStates(encoder.get(), data, folder.path()).count(), 6);
  EXPECT_EQ(encoder.asked, 6);

  std::string bytes = ReadFile(path);  // a damaged file
  bytes.resize(bytes.size() - 3);
  WriteFileAtomic(path, bytes);
  EXPECT_EQ(ReadHiddenStates(encoder.get(), data, folder.path()).count(), 6);
  EXPECT_EQ(encoder.asked, 12);
}

TEST(HiddenStatesTest, AStopKeepsWhatWasRead) {
  const TempFolder folder;
  labels::StepData data;
  for (int i = 0; i < 1200; ++i) {
    data.train.push_back(labels::TextSolution("p/1", "Q\n", {{fmt::format("{}\n", i), 1}}));
  }
  int asked = 0;
  llm::ScriptedEncoder encoder(1, [&](std::string_view text) {
    if (++asked == 1100) RequestStop();
    return std::vector<float>{static_cast<float>(text.size())};
  });
  EXPECT_THROW(ReadHiddenStates(encoder, data, folder.path()), Interrupted);
  ClearStop();

  asked = 2000;
  EXPECT_EQ(ReadHiddenStates(encoder, data, folder.path()).count(), 1200);
  EXPECT_EQ(asked, 2000 + 1200 - 1024);
}

}  // namespace
}  // namespace pgts::reward
