// SPDX-License-Identifier: Apache-2.0
#include "labels/trl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/temp_folder.h"
#include "labels/test_fakes.h"
#include "task/word_problems.h"

namespace pgts::labels {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

TrlSolution Read(const char* line) { return TrlFromJson(Json::parse(line), "\n", "file:3"); }

TEST(TrlTest, StepsLabelsAndQuestion) {
  const TrlSolution solution = Read(
      R"({"prompt": "How many?", "completions": ["14+9=23", "23*2=47", "#### 47"],
          "labels": [true, 0, null]})");
  EXPECT_EQ(solution.question, "How many?");
  EXPECT_THAT(solution.lines, ElementsAre("14+9=23", "23*2=47", "#### 47"));
  EXPECT_THAT(solution.labels, ElementsAre(1, 0, std::nullopt));
}

// A generator's step ends at the first separator: the lines before the last are no step of theirs.
TEST(TrlTest, TheLastLineOfACompletionCarriesItsLabel) {
  const TrlSolution solution = Read(
      R"({"prompt": "Q", "completions": ["a\n\nb\n", "", "c"], "labels": [true, false, true]})");
  EXPECT_THAT(solution.lines, ElementsAre("a", "b", "c"));
  EXPECT_THAT(solution.labels, ElementsAre(std::nullopt, 1, 1));
}

TEST(TrlTest, BecomesTrainingDataInTheGeneratorsTokens) {
  const TrlSolution solution =
      Read(R"({"prompt": "Q", "completions": ["a", "#### 1"], "labels": [true, false]})");
  const LabelledSolution labelled =
      Label(solution, Bytes("Q\n"), ByteFormat(/*answer_has_separator=*/false));
  EXPECT_EQ(labelled.source, Source::kImport);
  EXPECT_THAT(labelled.problem, HasSubstr("import/"));
  EXPECT_EQ(labelled.steps[0].tokens, Bytes("a\n"));
  EXPECT_EQ(labelled.steps[1].tokens, Bytes("#### 1"));
  EXPECT_EQ(labelled.steps[0].label, 1);
  EXPECT_EQ(labelled.steps[1].label, 0);
}

TEST(TrlTest, WhatIsWrongIsNamedWithItsPlace) {
  const auto refuses = [](const char* line, const char* words) {
    EXPECT_THAT([&] { Read(line); }, Throws<Error>(Property(&Error::what, HasSubstr(words))));
  };
  refuses(R"({"completions": ["a"], "labels": [true]})", "file:3: 'prompt'");
  refuses(R"({"prompt": "Q", "completions": [], "labels": []})", "'completions'");
  refuses(R"({"prompt": "Q", "completions": ["a"], "labels": []})", "'labels'");
  refuses(R"({"prompt": "Q", "completions": ["a", "b"], "labels": [true]})", "as long as");
  refuses(R"({"prompt": "Q", "completions": ["a"], "labels": [2]})", "'labels'");
  refuses(R"({"prompt": "Q", "completions": ["\n"], "labels": [true]})", "says something");
}

TEST(TrlTest, WhatIsWrittenReadsBackTheSame) {
  const task::WordProblems task;
  const llm::ByteTokenizer tokenizer;
  const task::Problem problem = task.Get(task::Split::kTrain, 5);
  StepData data;
  data.train = {TextSolution(problem.id, problem.question + "\n", {{"a\n", 1}, {"#### 1", 0}}),
                TextSolution("import/1", "Q\n", {{"b\n", 1}}),
                TextSolution(problem.id, "Q\n", {{"c\n", 1}, {"d\n", std::nullopt}, {"e\n", 0}})};
  for (LabelledSolution& solution : data.train) solution.index = 5;
  data.train[1].source = Source::kImport;
  const TempFolder folder;
  ExportTrl(data, task, tokenizer, folder.path());
  const std::vector<TrlSolution> read = ReadTrl(folder.File("train.jsonl"), "\n");
  ASSERT_EQ(read.size(), 2u);  // imported solutions are not written again
  EXPECT_EQ(read[0].question, problem.question);
  EXPECT_THAT(read[0].lines, ElementsAre("a", "#### 1"));
  EXPECT_THAT(read[0].labels, ElementsAre(1, 0));
  EXPECT_THAT(read[1].lines, ElementsAre("c"));  // up to the first step without a label
  EXPECT_EQ(Label(read[0], data.train[0].prompt, ByteFormat(/*answer_has_separator=*/false))
                .steps[0]
                .tokens,
            data.train[0].steps[0].tokens);
}

}  // namespace
}  // namespace pgts::labels
