// SPDX-License-Identifier: Apache-2.0
#include "eval/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_folder.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A method that was right on these problems, 0, 1, ...
MethodResult Method(const std::string& name, const std::vector<double>& correct) {
  MethodResult result{.method = name, .setting = "as " + name};
  for (double value : correct) {
    result.records.push_back({.problem = static_cast<int64_t>(result.records.size()),
                              .answer = value > 0 ? "46" : "7",
                              .gold = "46",
                              .text = "40+6=46\n#### 46\n",
                              .correct = value,
                              .answered = 1,
                              .tokens = 10,
                              .computed_tokens = 4,
                              .nodes = 2,
                              .depth = 3,
                              .actions = 5,
                              .flops = 2e9,
                              .seconds = 0.5});
  }
  return result;
}

std::vector<int64_t> Problems(const MethodResult& result) {
  std::vector<int64_t> problems;
  for (const ProblemRecord& record : result.records) problems.push_back(record.problem);
  return problems;
}

std::vector<std::string> Keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST(KeepCommonProblems, AProblemThatOneMethodCouldNotWalkLeavesForAll) {
  Comparison comparison{.methods = {Method("a", {1, 1, 1, 1}), Method("b", {0, 0, 0, 0})}};
  comparison.methods[0].records[1].recorded = false;
  comparison.methods[0].records[3].recorded = false;
  comparison.methods[1].records[3].recorded = false;  // counts once
  KeepCommonProblems(comparison);
  EXPECT_THAT(Problems(comparison.methods[0]), ElementsAre(0, 2));
  EXPECT_THAT(Problems(comparison.methods[1]), ElementsAre(0, 2));
  EXPECT_EQ(comparison.not_recorded, 2);
  EXPECT_THAT(ComparisonTable(comparison), HasSubstr("2 problems left out"));
}

TEST(KeepCommonProblems, WhatEveryMethodWalkedStays) {
  Comparison comparison{.methods = {Method("a", {1, 0})}};
  KeepCommonProblems(comparison);
  EXPECT_EQ(comparison.methods[0].records.size(), 2u);
  EXPECT_EQ(comparison.not_recorded, 0);
  EXPECT_THAT(ComparisonTable(comparison), Not(HasSubstr("left out")));
}

TEST(AccuracyInterval, HoldsTheMeanAndFollowsTheSeed) {
  const MethodResult half = Method("a", {1, 0, 1, 0, 1, 0, 1, 0, 1, 0});
  const Interval interval = AccuracyInterval(half, 0);
  EXPECT_DOUBLE_EQ(interval.estimate, 0.5);
  // Of a mean of ten fair draws 95 % lie within 0.5 +- 0.3.
  EXPECT_NEAR(interval.low, 0.2, 1e-9);
  EXPECT_NEAR(interval.high, 0.8, 1e-9);
  EXPECT_EQ(AccuracyInterval(half, 0).low, interval.low);
  const Interval sure = AccuracyInterval(Method("b", {1, 1, 1}), 0);
  EXPECT_EQ(sure.low, 1);
  EXPECT_EQ(sure.high, 1);
}

TEST(PairedDifference, ResamplesProblemsNotMethods) {
  // b is worse by 0.1 on each problem: paired, nothing is left to chance.
  const Interval difference =
      PairedDifference(Method("a", {1, 0.1, 0.5, 0.9}), Method("b", {0.9, 0, 0.4, 0.8}), 0);
  EXPECT_NEAR(difference.estimate, 0.1, 1e-12);
  EXPECT_NEAR(difference.low, 0.1, 1e-12);
  EXPECT_NEAR(difference.high, 0.1, 1e-12);
  const Interval mixed = PairedDifference(Method("a", {1, 0}), Method("b", {0, 1}), 0);
  EXPECT_EQ(mixed.estimate, 0);
  EXPECT_EQ(mixed.low, -1);
  EXPECT_EQ(mixed.high, 1);
}

TEST(SummaryJson, HasTheKeysThatOthersRead) {
  const Comparison comparison{
      .seed = 7,
      .methods = {Method("cot_sampled", {0, 0}), Method("pgts", {1, 1})},
      .reward_model = RewardModelQuality{.step_auc = 0.9, .outcome_auc = 0.8}};
  const Json summary = SummaryJson(comparison);
  EXPECT_EQ(summary.at("problems"), 2);
  EXPECT_EQ(summary.at("seed"), 7);
  EXPECT_THAT(Keys(summary.at("methods")), ElementsAre("cot_sampled", "pgts"));
  const Json& pgts = summary.at("methods").at("pgts");
  EXPECT_EQ(pgts.at("accuracy"), 1.0);
  EXPECT_EQ(pgts.at("ci95"), Json::array({1.0, 1.0}));
  EXPECT_EQ(pgts.at("generated_tokens_per_problem"), 10.0);
  EXPECT_EQ(pgts.at("computed_tokens_per_problem"), 4.0);
  EXPECT_EQ(pgts.at("seconds"), 0.5);
  const Json pair = {
      {"a", "pgts"}, {"b", "cot_sampled"}, {"difference", 1.0}, {"ci95", Json::array({1.0, 1.0})}};
  EXPECT_EQ(summary.at("paired"), Json::array({pair}));
  const Json quality = {{"step_auc", 0.9}, {"outcome_auc", 0.8}};
  EXPECT_EQ(summary.at("reward_model"), quality);
}

TEST(SummaryJson, WithoutPgtsThereAreNoPairsAndWithoutARewardModelNoQuality) {
  const Json summary = SummaryJson({.methods = {Method("cot_greedy", {1}), Method("b", {0})}});
  EXPECT_EQ(summary.at("paired"), Json::array());
  EXPECT_FALSE(summary.contains("reward_model"));
}

TEST(ComparisonTable, WithoutAPolicyWeightedVotesMeetPlainOnes) {
  Comparison comparison{
      .methods = {Method("cot_greedy", {1, 1}), Method("self_consistency", {0, 0})}};
  EXPECT_THAT(ComparisonTable(comparison), Not(HasSubstr("points, 95 %")));
  comparison.methods.push_back(Method("best_of_n_weighted", {1, 1}));
  EXPECT_THAT(ComparisonTable(comparison),
              HasSubstr("best_of_n_weighted - self_consistency: +100.0 points"));
}

TEST(ComparisonTable, SaysWhichMethodIsBetter) {
  const std::string table = ComparisonTable(
      {.methods = {Method("cot_sampled", {0, 0}), Method("b", {1, 1}), Method("pgts", {1, 1})}});
  EXPECT_THAT(table,
              HasSubstr("pgts - cot_sampled: +100.0 points, 95 % +100.0 to +100.0 (better)"));
  EXPECT_THAT(table, HasSubstr("pgts - b: +0.0 points, 95 % +0.0 to +0.0 (no clear difference)"));
  EXPECT_THAT(table, HasSubstr("as cot_sampled"));
}

TEST(ComparisonTable, WhereNothingWasRecordedItSaysNothing) {
  Comparison comparison{.methods = {Method("cot_sampled", {0}), Method("pgts", {1})}};
  comparison.methods[0].records[0].recorded = false;
  KeepCommonProblems(comparison);
  const std::string table = ComparisonTable(comparison);
  EXPECT_THAT(table, Not(HasSubstr("nan")));
  EXPECT_THAT(table, HasSubstr("–"));
  EXPECT_THAT(table, HasSubstr("1 problems left out"));
  EXPECT_THAT(table, Not(HasSubstr("oracle")));
  EXPECT_THAT(table, Not(HasSubstr("points")));
}

// lm-evaluation-harness: results_*.json with "results" by task, samples_*.jsonl with a line a
// problem.
TEST(WriteResults, WritesTheHarnessLayout) {
  const TempFolder folder;
  WriteResults({.methods = {Method("cot_greedy", {1, 0})}},
               {.folder = folder.File("new"), .task = "gsm8k", .config = {{"k", 1}}});
  const Json results = ReadJsonFile(folder.File("new/results_gsm8k.json"));
  const Json& row = results.at("results").at("gsm8k_cot_greedy");
  EXPECT_EQ(row.at("alias"), "cot_greedy");
  EXPECT_EQ(row.at("exact_match,strict-match"), 0.5);
  EXPECT_GT(row.at("exact_match_stderr,strict-match"), 0.1);
  EXPECT_EQ(row.at("generated_tokens,none"), 10.0);
  EXPECT_EQ(results.at("config").at("k"), 1);
  EXPECT_EQ(results.at("pgts").at("problems"), 2);

  const std::vector<Json> samples = ReadJsonl(folder.File("new/samples_gsm8k_cot_greedy.jsonl"));
  ASSERT_EQ(samples.size(), 2u);
  const Json second = {{"doc_id", 1},
                       {"target", "46"},
                       {"resps", Json::array({Json::array({"40+6=46\n#### 46\n"})})},
                       {"filtered_resps", Json::array({"7"})},
                       {"exact_match", 0.0},
                       {"generated_tokens", 10.0}};
  EXPECT_EQ(samples[1], second);
}

}  // namespace
}  // namespace pgts::eval
