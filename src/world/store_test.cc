// SPDX-License-Identifier: Apache-2.0
#include "world/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "base/temp_folder.h"

namespace pgts::world {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

StoredStep MakeStep(std::vector<int> path, const std::string& text) {
  StoredStep step{.path = std::move(path)};
  step.raw = {.tokens = {3, 1, 4}, .text = text, .log_prob = -0.1, .end = llm::StepEnd::kEndOfText};
  step.raw.generated = 4;
  step.raw.seconds = 0.3;
  return step;
}

StoredScore MakeScore(std::vector<int> path, float score) {
  return {.path = std::move(path), .scorer = 77, .score = score, .seconds = 0.5};
}

std::vector<std::string> Texts(Store& store, WorldId world) {
  std::vector<std::string> texts;
  for (const StoredStep& step : store.Steps(world)) texts.push_back(step.raw.text);
  return texts;
}

std::vector<float> Scores(Store& store, WorldId world) {
  std::vector<float> scores;
  for (const StoredScore& score : store.Scores(world)) scores.push_back(score.score);
  return scores;
}

class StoreTest : public ::testing::Test {
 protected:
  void Cut(const std::string& file, int64_t bytes) {
    const auto size = std::filesystem::file_size(temp_.File(file));
    std::filesystem::resize_file(temp_.File(file), size - bytes);
  }

  TempFolder temp_;
};

TEST_F(StoreTest, ReadsBackEveryField) {
  { Store(temp_.path()).Write(5, MakeStep({2, 1}, "a\n")); }
  Store store(temp_.path());
  store.Write(5, MakeScore({2, 1}, 0.25F));
  const std::vector<StoredStep> steps = store.Steps(5);
  ASSERT_EQ(steps.size(), 1);
  EXPECT_THAT(steps[0].path, ElementsAre(2, 1));
  EXPECT_THAT(steps[0].raw.tokens, ElementsAre(3, 1, 4));
  EXPECT_EQ(steps[0].raw.text, "a\n");
  EXPECT_EQ(steps[0].raw.log_prob, -0.1);
  EXPECT_EQ(steps[0].raw.end, llm::StepEnd::kEndOfText);
  EXPECT_EQ(steps[0].raw.generated, 4);
  EXPECT_EQ(steps[0].raw.seconds, 0.3);
  const std::vector<StoredScore> scores = store.Scores(5);
  ASSERT_EQ(scores.size(), 1);
  EXPECT_THAT(scores[0].path, ElementsAre(2, 1));
  EXPECT_EQ(scores[0].scorer, 77);
  EXPECT_EQ(scores[0].score, 0.25F);
  EXPECT_EQ(scores[0].seconds, 0.5);
}

TEST_F(StoreTest, HowADistinctStepWasDrawnIsReadBack) {
  Store store(temp_.path());
  StoredStep step = MakeStep({1}, "a\n");
  step.raw.draw_log_probs = {-0.5F, -2};
  store.Write(5, step);
  store.Write(5, MakeStep({2}, "b\n"));
  const std::vector<StoredStep> steps = store.Steps(5);
  ASSERT_EQ(steps.size(), 2);
  EXPECT_THAT(steps[0].raw.draw_log_probs, ElementsAre(-0.5F, -2));
  EXPECT_THAT(steps[1].path, ElementsAre(2));
  EXPECT_THAT(steps[1].raw.draw_log_probs, ElementsAre());
}

TEST_F(StoreTest, WorldsAreApartAndReadWhileTheyGrow) {
  Store store(temp_.path());
  store.Write(1, MakeStep({1}, "a"));
  store.Write(2, MakeStep({1}, "b"));
  EXPECT_THAT(Texts(store, 1), ElementsAre("a"));
  store.Write(1, MakeStep({2}, "c"));
  EXPECT_THAT(Texts(store, 1), ElementsAre("a", "c"));
  EXPECT_THAT(Texts(store, 2), ElementsAre("b"));
  EXPECT_TRUE(Texts(store, 3).empty());
}

TEST_F(StoreTest, HeadsNameWorlds) {
  const WorldName name{.settings = 9, .prompt = 3, .epoch = 2, .problem = "gsm8k/test/4"};
  {
    Store store(temp_.path());
    store.WriteHead(5, name, {10, 11});
    const int64_t once = store.lengths().steps;
    store.WriteHead(5, name, {10, 11});
    EXPECT_EQ(store.lengths().steps, once);
    store.Write(5, MakeStep({1}, "a"));
  }
  Store store(temp_.path());
  EXPECT_EQ(store.Find(name), 5);
  EXPECT_THAT(store.Prompt(5), ElementsAre(10, 11));
  EXPECT_THAT(Texts(store, 5), ElementsAre("a"));
  for (const WorldName& other :
       {WorldName{8, 3, 2, "gsm8k/test/4"}, WorldName{9, 4, 2, "gsm8k/test/4"},
        WorldName{9, 3, 1, "gsm8k/test/4"}, WorldName{9, 3, 2, "gsm8k/test/5"}}) {
    EXPECT_EQ(store.Find(other), std::nullopt);
  }
}

TEST_F(StoreTest, AFolderWhoseNamesLeaveOutThePromptIsRefused) {
  RecordBuilder head;
  head.Put<WorldId>(5).Put<uint8_t>(0).Put<uint64_t>(9).Put<int32_t>(2).PutString("gsm8k/test/4");
  RecordWriter(temp_.File("steps.bin")).Append(head.PutList<llm::Token>({10, 11}).bytes());
  EXPECT_THAT([&] { Store store(temp_.path()); },
              ThrowsMessage<Error>(HasSubstr("earlier version")));
  EXPECT_THAT([&] { Store::OpenForReading(temp_.path()); },
              ThrowsMessage<Error>(HasSubstr("earlier version")));
}

TEST_F(StoreTest, ATornLastRecordIsCutAndWrittenAnew) {
  {
    Store store(temp_.path());
    store.Write(1, MakeStep({1}, "a"));
    store.Write(1, MakeStep({2}, "b"));
  }
  Cut("steps.bin", 3);
  {
    Store store(temp_.path());
    EXPECT_THAT(Texts(store, 1), ElementsAre("a"));
    store.Write(1, MakeStep({2}, "B"));
  }
  Store store(temp_.path());
  EXPECT_THAT(Texts(store, 1), ElementsAre("a", "B"));
}

TEST_F(StoreTest, ScoresOfStepsThatWereLostAreLostToo) {
  {
    Store store(temp_.path());
    store.Write(1, MakeStep({1}, "a"));
    store.Write(1, MakeScore({1}, 0.1F));
    store.Write(1, MakeStep({2}, "b"));
    store.Write(1, MakeScore({2}, 0.2F));
    store.Write(1, MakeScore({1}, 0.3F));
  }
  Cut("steps.bin", 1);
  {
    Store store(temp_.path());
    EXPECT_THAT(Scores(store, 1), ElementsAre(0.1F));
    store.Write(1, MakeStep({2}, "another b"));  // longer than the lost one
  }
  Store store(temp_.path());
  EXPECT_THAT(Scores(store, 1), ElementsAre(0.1F));
}

TEST_F(StoreTest, CutsToTheLengthsOfAResumeState) {
  StoreLengths lengths;
  {
    Store store(temp_.path());
    store.Write(1, MakeStep({1}, "a"));
    store.Write(1, MakeScore({1}, 0.1F));
    lengths = store.lengths();
    store.Write(1, MakeStep({2}, "b"));
    store.Write(2, MakeStep({1}, "c"));
    store.Write(1, MakeScore({2}, 0.2F));
  }
  Store store(temp_.path(), lengths);
  EXPECT_THAT(Texts(store, 1), ElementsAre("a"));
  EXPECT_TRUE(Texts(store, 2).empty());
  EXPECT_THAT(Scores(store, 1), ElementsAre(0.1F));
  EXPECT_EQ(store.lengths().steps, lengths.steps);
  EXPECT_EQ(std::filesystem::file_size(temp_.File("steps.bin")), lengths.steps);
}

TEST_F(StoreTest, RefusesLengthsThatTheFilesDoNotHave) {
  { Store(temp_.path()).Write(1, MakeStep({1}, "a")); }
  EXPECT_THAT([&] { Store(temp_.path(), StoreLengths{.steps = 100'000}); },
              ThrowsMessage<Error>(HasSubstr("steps.bin")));
  EXPECT_THAT([&] { Store(temp_.path(), StoreLengths{.steps = 20}); },  // within a record
              ThrowsMessage<Error>(HasSubstr("expects 20")));
  Store store(temp_.path());
  EXPECT_THAT(Texts(store, 1), ElementsAre("a"));  // a refusal cuts nothing
}

TEST_F(StoreTest, OneWriterAnyReader) {
  Store writer(temp_.path());
  writer.Write(1, MakeStep({1}, "a"));
  writer.Sync();
  EXPECT_THAT([&] { Store second(temp_.path()); },
              ThrowsMessage<Error>(HasSubstr("held by process")));
  const std::unique_ptr<Store> reader = Store::OpenForReading(temp_.path());
  EXPECT_THAT(Texts(*reader, 1), ElementsAre("a"));
  EXPECT_THROW(reader->Write(1, MakeStep({2}, "b")), std::logic_error);
}

TEST_F(StoreTest, ReadingAFolderWithoutWorldsSaysSo) {
  EXPECT_THAT([&] { Store::OpenForReading(temp_.File("nowhere")); },
              ThrowsMessage<Error>(HasSubstr("no stored worlds")));
  EXPECT_FALSE(std::filesystem::exists(temp_.File("nowhere")));
}

TEST_F(StoreTest, DamageInTheMiddleIsAnError) {
  {
    Store store(temp_.path());
    store.Write(1, MakeStep({1}, "a"));
    store.Write(1, MakeStep({2}, "b"));
  }
  std::fstream file(temp_.File("steps.bin"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(12);
  file.put('!');
  file.close();
  EXPECT_THAT([&] { Store store(temp_.path()); }, ThrowsMessage<Error>(HasSubstr("damaged")));
}

}  // namespace
}  // namespace pgts::world
