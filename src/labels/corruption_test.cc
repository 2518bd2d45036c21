// SPDX-License-Identifier: Apache-2.0
#include "labels/corruption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "labels/test_fakes.h"
#include "task/step_check.h"
#include "task/word_problems.h"

namespace pgts::labels {
namespace {

using ::testing::IsEmpty;

TEST(CorruptionTest, EveryKindHappensAndCarriesOn) {
  const task::Problem problem = PensProblem();
  std::map<CorruptionKind, std::set<std::vector<std::string>>> seen;
  for (const CorruptionKind kind : kCorruptionKinds) {
    RandomStream random{Key("test").With(static_cast<uint64_t>(kind))};
    for (int i = 0; i < 200; ++i) {
      const auto corruption = Corrupt(problem, kind, random);
      if (corruption) seen[kind].insert(corruption->lines);
    }
  }
  using Lines = std::vector<std::string>;
  EXPECT_TRUE(
      seen[CorruptionKind::kSwappedOperation].contains(Lines{"14-9=5", "5*2=10", "#### 10"}));
  EXPECT_TRUE(seen[CorruptionKind::kArithmetic].contains(Lines{"14+9=24", "24*2=48", "#### 48"}));
  EXPECT_TRUE(seen[CorruptionKind::kWrongOperand].contains(Lines{"14+8=22", "22*2=44", "#### 44"}));
  EXPECT_TRUE(
      seen[CorruptionKind::kCopiedNumber].contains(Lines{"14+31=45", "45*2=90", "#### 90"}));
  EXPECT_TRUE(seen[CorruptionKind::kCopiedNumber].contains(Lines{"14+9=23", "23*2=46", "#### 23"}));
  EXPECT_TRUE(seen[CorruptionKind::kDroppedStep].contains(Lines{"14*2=28", "#### 28"}));
  // Wrong by one step only where the value cannot be carried on.
  EXPECT_TRUE(
      seen[CorruptionKind::kSwappedOperation].contains(Lines{"14+9=23", "23-2=21", "#### 21"}));
}

// What an exact checker of the task says of the corrupted lines.
TEST(CorruptionTest, OnWordProblemsTheStepIsWrongAndTheOnesBeforeAreRight) {
  const task::WordProblems task;
  int made = 0;
  std::set<CorruptionKind> kinds;
  for (int64_t index = 0; index < 150; ++index) {
    const task::Problem problem = task.Get(task::Split::kTrain, index);
    for (const Corruption& corruption :
         CorruptMany(problem, 5, Key("test").With(static_cast<uint64_t>(index)))) {
      const std::vector<bool> correct = task::CheckSteps(problem, corruption.lines);
      ASSERT_LT(corruption.wrong_step, corruption.lines.size());
      for (size_t i = 0; i < corruption.lines.size(); ++i) {
        ASSERT_EQ(correct[i], i < corruption.wrong_step)
            << problem.solution << "\n-- " << static_cast<int>(corruption.kind) << " line " << i
            << ": " << corruption.lines[i];
      }
      std::string text;
      for (const std::string& line : corruption.lines) text += line + "\n";
      ASSERT_NE(task.Grade(text, problem, task::AnswerFilter::kStrict), task::Verdict::kRight)
          << text;
      kinds.insert(corruption.kind);
      ++made;
    }
  }
  EXPECT_GT(made, 150 * 4);
  EXPECT_EQ(kinds.size(), std::size(kCorruptionKinds));
}

// "5/1=5" in the place of "5*1=5" is another way of writing the same.
TEST(CorruptionTest, AStepThatKeepsItsValueIsNotDamaged) {
  task::Problem problem{.id = "test/1", .question = "5 pens for 1 child?"};
  problem.solution = "5*1=5\n5+3=8\n#### 8";
  problem.gold = "8";
  RandomStream random{Key("test")};
  for (int i = 0; i < 200; ++i) {
    const auto corruption = Corrupt(problem, CorruptionKind::kSwappedOperation, random);
    if (!corruption) continue;
    EXPECT_NE(corruption->lines[0], "5/1=5");
  }
}

TEST(CorruptionTest, ArithmeticErrorsOfThePathAreCounted) {
  const Corruption wrong{.wrong_step = 1, .lines = {"14+9=23", "23*2=45", "#### 45"}};
  const LabelledSolution solution = Label(PensProblem(), wrong, {1}, ByteFormat());
  EXPECT_EQ(solution.steps[0].wrong_equations, 0);
  EXPECT_EQ(solution.steps[1].wrong_equations, 1);
  EXPECT_EQ(solution.steps[2].wrong_equations, 1);
  EXPECT_EQ(solution.steps[2].unused_numbers, 1);  // the 31 that it never names
  EXPECT_TRUE(solution.steps[2].terminal);

  // What ends before the answer may name it yet.
  const Corruption cut{.wrong_step = 1, .lines = {"14+9=23", "23*2=45"}};
  const LabelledStep last = Label(PensProblem(), cut, {1}, ByteFormat()).steps[1];
  EXPECT_EQ(last.unused_numbers, 0);
  EXPECT_FALSE(last.terminal);
}

// A wrong value goes into every operand that held it; where text names it, the solution ends.
TEST(CorruptionTest, WhatFollowsUsesTheWrongValueOrEnds) {
  const auto damaged = [](const char* solution) {
    const task::Problem problem{.question = "5 and 3?", .gold = "", .solution = solution};
    RandomStream random{Key("carry")};
    std::set<std::vector<std::string>> seen;
    for (int i = 0; i < 300; ++i) {
      const auto corruption = Corrupt(problem, CorruptionKind::kArithmetic, random);
      if (corruption && corruption->wrong_step == 0) seen.insert(corruption->lines);
    }
    return seen;
  };
  using Lines = std::vector<std::string>;
  EXPECT_TRUE(damaged("5+3=8\n8*8=64\n#### 64").contains(Lines{"5+3=9", "9*9=81", "#### 81"}));
  const auto spoken = damaged("5+3=8\nHalf of the 8 is 4.0\n8+1=9\n#### 9");
  EXPECT_TRUE(spoken.contains(Lines{"5+3=9"}));
  EXPECT_FALSE(spoken.contains(Lines{"5+3=9", "Half of the 8 is 4.0", "9+1=10", "#### 10"}));
  EXPECT_THAT(damaged("5+3=8\nHalf of the 8 is 8/2=4\n#### 4"),
              ::testing::Each(::testing::SizeIs(1)));
  EXPECT_THAT(damaged("5+3=8, so 8 pens\n8/2=4\n#### 4"), IsEmpty());
  EXPECT_TRUE(damaged("5+3=8\nNow the rest.\n8+1=9\n#### 9")
                  .contains(Lines{"5+3=9", "Now the rest.", "9+1=10", "#### 10"}));
}

// Else its sign would tell a damaged product from a right one.
TEST(CorruptionTest, ProductsAreWrittenAsTheSolutionWritesThem) {
  const task::Problem problem{
      .question = "5 and 3?", .gold = "23", .solution = "5 x 3 = 15\n15 + 8 = 23\n#### 23"};
  RandomStream random{Key("sign")};
  std::set<std::string> lines;
  for (const CorruptionKind kind : kCorruptionKinds) {
    for (int i = 0; i < 300; ++i) {
      const auto corruption = Corrupt(problem, kind, random);
      if (corruption) lines.insert(corruption->lines.begin(), corruption->lines.end());
    }
  }
  EXPECT_TRUE(lines.contains("5 x 3 = 16"));
  EXPECT_TRUE(lines.contains("15 x 8 = 120"));
  for (const std::string& line : lines) EXPECT_EQ(line.find('*'), std::string::npos) << line;
}

// "14+7=21" is not wrong where 7 is added later: it is the same sum in another order.
TEST(CorruptionTest, AnotherOrderOfRightStepsIsNotACorruption) {
  const task::Problem problem{
      .question = "14 and 9 and 7", .gold = "30", .solution = "14+9=23\n23+7=30\n#### 30"};
  RandomStream random{Key("order")};
  for (const CorruptionKind kind : kCorruptionKinds) {
    for (int i = 0; i < 300; ++i) {
      const auto corruption = Corrupt(problem, kind, random);
      ASSERT_FALSE(corruption && corruption->lines.front() == "14+7=21");
    }
  }
}

TEST(CorruptionTest, IsAFunctionOfItsKeyAndHasNoRepeats) {
  const task::Problem problem = PensProblem();
  const auto once = CorruptMany(problem, 4, Key("a"));
  const auto again = CorruptMany(problem, 4, Key("a"));
  ASSERT_EQ(once.size(), 4u);
  std::set<std::vector<std::string>> different;
  for (size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].lines, again[i].lines);
    different.insert(once[i].lines);
  }
  EXPECT_EQ(different.size(), once.size());
}

TEST(CorruptionTest, WithoutAReferenceThereIsNone) {
  EXPECT_THAT(CorruptMany({.question = "14 pens"}, 3, Key("a")), IsEmpty());
  EXPECT_THAT(CorruptMany({.question = "?", .solution = "no numbers\n#### x"}, 3, Key("a")),
              IsEmpty());
}

TEST(CorruptionTest, LabelsAreOneBeforeTheWrongStepAndZeroFromIt) {
  const Corruption corruption{.kind = CorruptionKind::kArithmetic,
                              .wrong_step = 1,
                              .lines = {"14+9=23", "23*2=47", "#### 47"}};
  const LabelledSolution solution = Label(PensProblem(), corruption, {1, 2}, ByteFormat());
  ASSERT_EQ(solution.steps.size(), 3u);
  EXPECT_EQ(solution.steps[0].label, 1);
  EXPECT_EQ(solution.steps[1].label, 0);
  EXPECT_EQ(solution.steps[2].label, 0);
  EXPECT_EQ(solution.steps[1].tokens, Bytes("23*2=47\n"));
  EXPECT_EQ(solution.steps[2].tokens, Bytes("#### 47\n"));
  EXPECT_EQ(solution.grade, 0);
  EXPECT_EQ(solution.source, Source::kCorruption);

  const LabelledSolution bare =
      LabelReference(PensProblem(), {1}, ByteFormat(/*answer_has_separator=*/false));
  EXPECT_EQ(bare.steps.back().tokens, Bytes("#### 46"));
  EXPECT_EQ(bare.steps.back().label, 1);
}

}  // namespace
}  // namespace pgts::labels
