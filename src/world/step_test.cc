// SPDX-License-Identifier: Apache-2.0
#include "world/step.h"

#include <gtest/gtest.h>

#include "task/task.h"

namespace pgts::world {
namespace {

using llm::StepEnd;

struct Case {
  const char* what;
  std::string before, text;
  StepEnd end = StepEnd::kSeparator;
  bool terminal = false, dead = false, truncated = false;
  std::string answer;
};

Step Read(const Case& given) {
  static const auto task = task::MakeTask("word_problems");
  Step step;
  step.raw = {.text = given.text, .end = given.end};
  ReadStep(*task, given.before, step);
  return step;
}

TEST(StepTest, ReadingTable) {
  const Case cases[] = {
      {"a step", "", "14+9=23\n"},
      {"a strict answer", "14+9=23\n", "#### 23\n", StepEnd::kSeparator, true, false, false, "23"},
      {"a strict answer, then the end", "", "#### 23", StepEnd::kEndOfText, true, false, false,
       "23"},
      {"blank lines before the answer", "", "\n\n#### 23\n", StepEnd::kSeparator, true, false,
       false, "23"},
      {"a strict answer cut off: maybe half a number", "", "#### 2", StepEnd::kMaxTokens, false,
       false, true},
      {"the other half", "#### 2", "3\n", StepEnd::kSeparator, true, false, false, "23"},
      {"the context ends in an answer", "", "#### 2", StepEnd::kContextFull, false, true},
      {"the text ends, its answer is said", "", "The answer is 7.", StepEnd::kEndOfText, true,
       false, false, "7"},
      {"the text ends after its answer", "The answer is 7.\n", "", StepEnd::kEndOfText, true, false,
       false, "7"},
      {"the text ends without an answer", "", "I give up", StepEnd::kEndOfText, false, true},
      {"an answer said along the way ends nothing", "", "The answer is 7.\n"},
      {"empty", "", "", StepEnd::kEndOfText, false, true},
      {"blank", "", "\n \n", StepEnd::kMaxTokens, false, true, true},
      {"cut off", "", "14+9", StepEnd::kMaxTokens, false, false, true},
      {"invalid UTF-8", "", "\xC3\x28\n", StepEnd::kSeparator, false, true},
      {"an invalid answer", "", "\xFF#### 23\n", StepEnd::kSeparator, false, true},
      {"cut off within a character", "", "caf\xC3", StepEnd::kMaxTokens, false, false, true},
      {"the rest of the character", "caf\xC3", "\xA9\n"},
      {"not the rest of the character", "caf\xC3", "e\n", StepEnd::kSeparator, false, true},
  };
  for (const Case& given : cases) {
    const Step step = Read(given);
    EXPECT_EQ(step.terminal, given.terminal) << given.what;
    EXPECT_EQ(step.dead, given.dead) << given.what;
    EXPECT_EQ(step.truncated, given.truncated) << given.what;
    EXPECT_EQ(step.answer, given.answer) << given.what;
  }
}

TEST(StepTest, SiblingsOfEqualTextHaveEqualHashes) {
  EXPECT_EQ(Read({"", "", "1+1=2\n"}).text_hash, Read({"", "", "1+1=2\n"}).text_hash);
  EXPECT_NE(Read({"", "", "1+1=2\n"}).text_hash, Read({"", "", "1+1=3\n"}).text_hash);
}

TEST(StepTest, Utf8ByItsDefinition) {
  const auto valid = [](std::string_view text) { return IsValidUtf8(text, false); };
  EXPECT_TRUE(valid(""));
  EXPECT_TRUE(valid("a\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEF\xBF\xBF"));
  EXPECT_TRUE(valid("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
  EXPECT_FALSE(valid("\xC0\x80"));          // overlong
  EXPECT_FALSE(valid("\xE0\x9F\xBF"));      // overlong
  EXPECT_FALSE(valid("\xED\xA0\x80"));      // surrogate
  EXPECT_FALSE(valid("\xF4\x90\x80\x80"));  // beyond U+10FFFF
  EXPECT_FALSE(valid("\x80"));              // begins in the middle
  EXPECT_FALSE(valid("\xE2\x82"));          // ends in the middle
  EXPECT_TRUE(IsValidUtf8("\xE2\x82", /*cut_off=*/true));
  EXPECT_FALSE(IsValidUtf8("\xE2\x28", /*cut_off=*/true));
}

TEST(StepTest, NothingIsAnAnswerInAThought) {
  static const auto task = task::MakeTask("word_problems");
  const auto read = [&](const char* before, const char* text, StepEnd end) {
    Step step;
    step.raw = {.text = text, .end = end};
    ReadStep(*task, before, step, /*thinking=*/true);
    return step;
  };
  EXPECT_FALSE(read("<think>\n", "#### 23\n", StepEnd::kSeparator).terminal);
  EXPECT_FALSE(read("<think>\n", "#### 23\n", StepEnd::kSeparator).dead);
  EXPECT_FALSE(read("<think>\n#### 7\n", "</think>\n", StepEnd::kSeparator).terminal);
  EXPECT_EQ(read("#### 7\n</think>\n", "\n#### 23\n", StepEnd::kSeparator).answer, "23");
  // A model that did not think, or ended in its thought.
  EXPECT_EQ(read("14+9=23\n#### 23\n", "", StepEnd::kEndOfText).answer, "23");
}

}  // namespace
}  // namespace pgts::world
