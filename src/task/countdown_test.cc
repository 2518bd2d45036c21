// SPDX-License-Identifier: Apache-2.0
#include "task/countdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace pgts::task {
namespace {

const Countdown kTask;

std::optional<std::string> Read(std::string_view steps) {
  return kTask.ExtractAnswer(steps, AnswerFilter::kStrict);
}

TEST(CountdownTest, EveryReferenceSolutionIsRight) {
  std::set<size_t> lengths;
  for (const Split split : kAllSplits) {
    for (int64_t i = 0; i < 1000; ++i) {
      const Problem problem = kTask.Get(split, i);
      EXPECT_EQ(kTask.Grade(problem.solution, problem, AnswerFilter::kStrict), Verdict::kRight)
          << problem.question << "\n"
          << problem.solution;
      lengths.insert(std::count(problem.question.begin(), problem.question.end(), ' '));
    }
  }
  EXPECT_EQ(lengths, (std::set<size_t>{5, 6, 7}));  // four to six numbers, "make", the target
}

TEST(CountdownTest, SplitsShareNoQuestion) {
  std::set<std::string> seen;
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    std::set<std::string> own;
    for (int64_t i = 0; i < 1500; ++i) own.insert(kTask.Get(split, i).question);
    for (const std::string& question : own) EXPECT_TRUE(seen.insert(question).second) << question;
  }
}

TEST(CountdownTest, DerivationsOfATargetAgree) {
  const char* gold = "2 3 4 make 24";
  EXPECT_EQ(Read("2*3=6; 4 6\n6*4=24\n#### 24"), gold);
  EXPECT_EQ(Read("4*2=8; 3 8\n3*8=24\n#### 24\n"), gold);
}

TEST(CountdownTest, WhatDoesNotFollowIsNoDerivation) {
  for (const char* steps : {
           "2*3=7; 4 7\n7*4=28\n#### 28",                   // a wrong equation
           "2*3=6; 4 6\n6*6=36\n#### 36",                   // a number twice
           "2*3=6; 4 6\n5*4=20\n#### 20",                   // a number from nowhere
           "2*3=6; 4 6\n#### 6",                            // a number is left
           "2*3=6; 4 6\n6*4=24\n#### 25",                   // another answer
           "2*3=6; 4 5\n6*4=24\n#### 24",                   // what is left is not what was
           "2*3=6; 4 6 9\n6*4=24; 9\n9*24=216\n#### 216 ",  // it turned up later: see below
           "so 24\n#### 24",
           "#### 24",
       }) {
    const std::optional<std::string> answer = Read(steps);
    ASSERT_TRUE(answer) << steps;
    EXPECT_NE(*answer, "2 3 4 make 24") << steps;
  }
}

TEST(CountdownTest, AnAnswerLineAloneIsTerminal) {
  EXPECT_TRUE(kTask.IsTerminal("2*3=6; 4 6\n6*4=24\n#### 24"));
  EXPECT_FALSE(kTask.IsTerminal("2*3=6; 4 6\n6*4=24"));
}

TEST(CountdownTest, AVeryLongTextIsReadInOneGo) {
  std::string steps;
  for (int i = 0; i < 20'000; ++i) steps += "1+1=2; 2 2\n";
  EXPECT_EQ(Read(steps + "#### 2"), "no derivation of 2");
}

}  // namespace
}  // namespace pgts::task
