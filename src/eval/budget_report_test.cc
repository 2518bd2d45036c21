// SPDX-License-Identifier: Apache-2.0
#include "eval/budget_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_folder.h"
#include "eval/budget_fixture.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST(ComparisonJsonTest, HoldsPointsAndPairsAndNothingElse) {
  const Json json = ComparisonJson(ThreeMethods());
  EXPECT_THAT(Keys(json), ElementsAre("methods", "paired"));
  EXPECT_THAT(Keys(json["methods"]), ElementsAre("cot_sampled", "beam", "pgts"));
  const Json& point = json["methods"]["pgts"][0];
  EXPECT_THAT(Keys(point), ElementsAre("budget", "tokens_per_problem", "accuracy", "ci95"));
  EXPECT_EQ(point["budget"], 50);
  EXPECT_EQ(point["tokens_per_problem"], 40.0);
  EXPECT_EQ(point["accuracy"], 0.25);
  EXPECT_EQ(point["ci95"].size(), 2u);
  EXPECT_EQ(json["methods"]["pgts"][1]["ci95"], Json::array({1.0, 1.0}));
  EXPECT_THAT(Keys(json["paired"][0]), ElementsAre("a", "b", "budget", "difference", "ci95"));
}

TEST(ComparisonJsonTest, PairsPgtsWithEachAndTheBestOtherWithEach) {
  const Json json = ComparisonJson(ThreeMethods());
  std::vector<std::string> pairs;
  for (const Json& pair : json["paired"]) {
    pairs.push_back(fmt::format("{} {} - {} = {}", pair["budget"].get<int>(),
                                pair["a"].get<std::string>(), pair["b"].get<std::string>(),
                                pair["difference"].get<double>()));
  }
  EXPECT_THAT(pairs, ElementsAre("50 pgts - cot_sampled = -0.125", "50 pgts - beam = 0.25",
                                 "50 cot_sampled - beam = 0.375", "200 pgts - cot_sampled = 0.5",
                                 "200 pgts - beam = 0.25", "200 beam - cot_sampled = 0.25"));
}

class WriteBudgetResultsTest : public ::testing::Test {
 protected:
  WriteBudgetResultsTest() {
    WriteBudgetResults(ThreeMethods(), {.task = "toy", .reach = {0.6, 0.9}, .config = "x: 1"},
                       folder_.path());
  }
  TempFolder folder_;
};

TEST_F(WriteBudgetResultsTest, ResultsAreInTheHarnesssLayoutStrictAndFlexible) {
  const Json file = ReadJsonFile(folder_.File("results_toy.json"));
  const Json& beam = file["results"]["toy_beam_200"];
  EXPECT_EQ(beam["alias"], "beam at 200 tokens");
  EXPECT_EQ(beam["exact_match,strict-match"], 0.75);
  EXPECT_EQ(beam["exact_match_stderr,strict-match"], 0.25);  // 0.5 / sqrt(4)
  EXPECT_EQ(beam["exact_match,flexible-extract"], 1.0);
  EXPECT_EQ(beam["exact_match_stderr,flexible-extract"], 0.0);
  EXPECT_EQ(file["results"].size(), 6u);
  EXPECT_EQ(file["config"], "x: 1");
}

TEST_F(WriteBudgetResultsTest, BesideThemStandCostsAndBounds) {
  const Json pgts = ReadJsonFile(folder_.File("results_toy.json"))["pgts"];
  EXPECT_EQ(pgts["problems"], 4);
  EXPECT_EQ(pgts["methods"]["beam"]["budgets"][1]["flops_per_problem"], 200e6);
  EXPECT_EQ(pgts["methods"]["beam"]["budgets"][0]["perfect_reward_model"], 1.0);
  EXPECT_TRUE(pgts["methods"]["beam"]["to_reach"][1]["tokens"].is_null());  // 90 %: never
  // FLOPs from 40e6 (pgts) to 200e6 (beam): 89e6 and 200e6.
  const Json& at_flops = pgts["methods"]["pgts"]["at_flops"];
  EXPECT_NEAR(at_flops[0]["flops"], 89.4427e6, 1e2);
  EXPECT_NEAR(at_flops[0]["accuracy"], 0.6854, 1e-4);  // 0.25 + 0.75 log(2.236) / log(4)
  EXPECT_EQ(at_flops[1]["accuracy"], 1.0);
  EXPECT_EQ(pgts["bounds"]["perfect_actions"][0]["share"], 0.5);
  EXPECT_EQ(pgts["bounds"]["pass_at_k"][1]["k"], 2);
  EXPECT_EQ(pgts["bounds"]["pass_at_k"][1]["share"], 0.75);
}

TEST_F(WriteBudgetResultsTest, SamplesHaveALineForEachProblemAndFilter) {
  const std::vector<Json> lines = ReadJsonl(folder_.File("samples_toy_pgts_50.jsonl"));
  ASSERT_EQ(lines.size(), 8u);
  EXPECT_EQ(lines[2]["doc_id"], 1);
  EXPECT_EQ(lines[2]["filter"], "strict-match");
  EXPECT_EQ(lines[2]["filtered_resps"], Json::array({""}));
  EXPECT_EQ(lines[2]["exact_match"], 0.0);
  EXPECT_EQ(lines[3]["doc_id"], 1);
  EXPECT_EQ(lines[3]["filter"], "flexible-extract");
  EXPECT_EQ(lines[3]["filtered_resps"], Json::array({"46"}));
  EXPECT_EQ(lines[3]["exact_match"], 1.0);
}

}  // namespace
}  // namespace pgts::eval
