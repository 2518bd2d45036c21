// SPDX-License-Identifier: Apache-2.0
#include "train/problem_sequence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace pgts::train {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::vector<int64_t> Pass(ProblemSequence& sequence, int64_t pass, int64_t count) {
  std::vector<int64_t> problems;
  for (int64_t i = 0; i < count; ++i) {
    const Visit visit = sequence.At(pass * count + i);
    EXPECT_EQ(visit.earlier, pass);
    problems.push_back(visit.problem);
  }
  return problems;
}

TEST(ProblemSequence, EachPassVisitsEveryProblemOnceInItsOwnOrder) {
  ProblemSequence sequence({.first = 10, .count = 5}, /*seed=*/0);
  std::vector<std::vector<int64_t>> passes;
  for (int64_t pass = 0; pass < 4; ++pass) {
    passes.push_back(Pass(sequence, pass, 5));
    EXPECT_THAT(passes.back(), UnorderedElementsAre(10, 11, 12, 13, 14));
  }
  EXPECT_NE(passes[0], passes[1]);
  EXPECT_NE(passes[1], passes[2]);
}

TEST(ProblemSequence, IsAPureFunctionOfTheVisit) {
  ProblemSequence forward({.first = 0, .count = 7}, 3), backward({.first = 0, .count = 7}, 3);
  std::vector<int64_t> there(21), back(21);
  for (int i = 0; i < 21; ++i) there[i] = forward.At(i).problem;
  for (int i = 20; i >= 0; --i) back[i] = backward.At(i).problem;
  EXPECT_EQ(there, back);
}

TEST(ProblemSequence, AnotherSeedIsAnotherOrder) {
  ProblemSequence a({.first = 0, .count = 20}, 0), b({.first = 0, .count = 20}, 1);
  EXPECT_NE(Pass(a, 0, 20), Pass(b, 0, 20));
}

TEST(ProblemSequence, ARangeTooLargeToShuffleIsWalkedInItsOwnOrder) {
  ProblemSequence sequence({.first = 4, .count = std::numeric_limits<int64_t>::max() - 4}, 0);
  EXPECT_THAT((std::vector{sequence.At(0).problem, sequence.At(1).problem}), ElementsAre(4, 5));
  EXPECT_EQ(sequence.At(1).earlier, 0);
}

struct Bounds {
  int64_t first, count;
  bool operator==(const Bounds&) const = default;
};

Bounds Behind(const labels::DataOptions& phase_one, int64_t size, int64_t most = 0) {
  const ProblemSequence::Range range = ProblemsBehind(phase_one, size, most);
  return {range.first, range.count};
}

TEST(ProblemsBehind, AreThoseThatPhaseOneDidNotUse) {
  EXPECT_EQ(Behind({.train_problems = 260}, 1000), (Bounds{260, 740}));
  EXPECT_EQ(Behind({.train_problems = 260}, 1000, 100), (Bounds{260, 100}));
  EXPECT_EQ(Behind({.train_problems = 260, .first_train_problem = 100}, 1000), (Bounds{360, 640}));
}

TEST(ProblemsBehind, AreTheSecondHalfWherePhaseOneLeavesLess) {
  EXPECT_EQ(Behind({.train_problems = 900}, 1000), (Bounds{500, 500}));
  EXPECT_EQ(Behind({.train_problems = 1}, 1), (Bounds{0, 1}));
}

}  // namespace
}  // namespace pgts::train
