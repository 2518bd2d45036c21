// SPDX-License-Identifier: Apache-2.0
#include "labels/step_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/temp_folder.h"
#include "labels/test_fakes.h"

namespace pgts::labels {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

LabelledSolution Two() {
  LabelledSolution solution = TextSolution("p/1", "Q\n", {{"a\n", 1}, {"b\n", std::nullopt}});
  solution.index = 4;
  solution.grade = 0;
  solution.steps[0].right = 2;
  solution.steps[0].tried = 4;
  return solution;
}

TEST(StepDataTest, FileRoundTrip) {
  const TempFolder folder;
  const std::string path = folder.File("step_data/train.jsonl");
  const std::vector<LabelledSolution> written = {Two(), TextSolution("p/2", "R\n", {{"c\n", 0}})};
  WriteSolutions(path, written);
  const std::vector<LabelledSolution> read = ReadSolutions(path);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].problem, "p/1");
  EXPECT_EQ(read[0].index, 4);
  EXPECT_EQ(read[0].grade, 0);
  EXPECT_EQ(read[0].prompt, Bytes("Q\n"));
  EXPECT_EQ(read[0].steps[0].tokens, Bytes("a\n"));
  EXPECT_EQ(read[0].steps[0].label, 1);
  EXPECT_EQ(read[0].steps[0].right, 2);
  EXPECT_EQ(read[0].steps[0].tried, 4);
  EXPECT_EQ(read[0].steps[1].label, std::nullopt);
  EXPECT_EQ(read[1].grade, std::nullopt);

  const DataCounts counts = Count(read);
  EXPECT_EQ(counts.problems, 2);
  EXPECT_EQ(counts.solutions, 2);
  EXPECT_EQ(counts.examples, 2);
  EXPECT_EQ(counts.positive, 1);
  EXPECT_EQ(counts.tokens, 10);
}

TEST(StepDataTest, ABadFieldIsNamedWithItsPlace) {
  Json json = ToJson(Two());
  json["steps"][0]["label"] = 2;
  EXPECT_THAT([&] { SolutionFromJson(json, "train.jsonl:3"); },
              Throws<Error>(Property(&Error::what, HasSubstr("train.jsonl:3: 'label'"))));
  json = ToJson(Two());
  json["prompt"] = Json::array();
  EXPECT_THROW(SolutionFromJson(json, "x"), Error);
  json = ToJson(Two());
  json.erase("source");
  EXPECT_THROW(SolutionFromJson(json, "x"), Error);
}

}  // namespace
}  // namespace pgts::labels
