// SPDX-License-Identifier: Apache-2.0
#include "reward/training_rows.h"

#include <gtest/gtest.h>

#include "labels/test_fakes.h"
#include "labels/trl.h"

namespace pgts::reward {
namespace {

TEST(TruthTest, EveryImportedQuestionIsAProblemOfItsOwn) {
  const labels::StepFormat format = labels::ByteFormat(/*answer_has_separator=*/false);
  const auto problem = [&](std::string question, std::string line, bool right) {
    const labels::TrlSolution solution{
        .question = std::move(question), .lines = {std::move(line)}, .labels = {right ? 1 : 0}};
    return Truth(Label(solution, labels::Bytes("Q\n"), format)).front().problem;
  };
  const int64_t first = problem("Q", "a", true);
  EXPECT_EQ(problem("Q", "b", false), first);
  EXPECT_NE(problem("R", "a", true), first);
}

}  // namespace
}  // namespace pgts::reward
