// SPDX-License-Identifier: Apache-2.0
#include "eval/comparison_files.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "base/temp_folder.h"
#include "eval/comparison_fixture.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Keys(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST(SummaryJson, HasTheKeysThatOthersRead) {
  Comparison comparison =
      OneColumn({ByHand("cot_sampled", {0, 0}, 10), ByHand("pgts", {1, 1}, 10)});
  comparison.seed = 7;
  comparison.reward_model = RewardModelQuality{.step_auc = 0.9, .outcome_auc = 0.8};
  const Json summary = SummaryJson(comparison);
  EXPECT_EQ(summary.at("problems"), 2);
  EXPECT_EQ(summary.at("seed"), 7);
  EXPECT_EQ(summary.at("not_recorded"), 0);
  EXPECT_EQ(summary.at("oracle"), 1.0);
  EXPECT_THAT(Keys(summary.at("methods")), ElementsAre("cot_sampled", "pgts"));
  const Json& pgts = summary.at("methods").at("pgts");
  EXPECT_THAT(Keys(pgts),
              ElementsAre("accuracy", "ci95", "answered", "generated_tokens_per_problem",
                          "computed_tokens_per_problem", "nodes_per_problem", "depth",
                          "actions_per_problem", "flops_per_problem", "seconds", "setting"));
  EXPECT_EQ(pgts.at("accuracy"), 1.0);
  EXPECT_EQ(pgts.at("ci95"), Json::array({1.0, 1.0}));
  EXPECT_EQ(pgts.at("generated_tokens_per_problem"), 10.0);
  EXPECT_EQ(pgts.at("setting"), "as pgts");
  const Json pair = {
      {"a", "pgts"}, {"b", "cot_sampled"}, {"difference", 1.0}, {"ci95", Json::array({1.0, 1.0})}};
  EXPECT_EQ(summary.at("paired"), Json::array({pair}));
  const Json quality = {{"step_auc", 0.9}, {"outcome_auc", 0.8}};
  EXPECT_EQ(summary.at("reward_model"), quality);
}

TEST(SummaryJson, WithoutPgtsThereAreNoPairsAndWithoutARewardModelNoQuality) {
  const Json summary = SummaryJson(OneColumn({ByHand("cot_greedy", {1}, 1), ByHand("b", {0}, 1)}));
  EXPECT_EQ(summary.at("paired"), Json::array());
  EXPECT_FALSE(summary.contains("reward_model"));
}

TEST(ComparisonJsonTest, HoldsPointsAndPairsOfEachChoice) {
  const Json json = ComparisonJson(PricesAndCaps());
  EXPECT_THAT(Keys(json), ElementsAre("methods", "paired", "prices", "at_pgts_tokens"));
  EXPECT_THAT(Keys(json["methods"]), ElementsAre("cot_sampled", "beam", "pgts"));
  const Json& point = json["methods"]["pgts"][0];
  EXPECT_THAT(Keys(point), ElementsAre("budget", "tokens_per_problem", "accuracy", "ci95"));
  EXPECT_EQ(point["budget"], 50);
  EXPECT_EQ(point["tokens_per_problem"], 40.0);
  EXPECT_EQ(point["accuracy"], 0.25);
  EXPECT_EQ(json["methods"]["pgts"][1]["ci95"], Json::array({1.0, 1.0}));
  EXPECT_THAT(Keys(json["paired"][0]), ElementsAre("a", "b", "difference", "ci95", "budget"));
  EXPECT_EQ(json["prices"]["methods"]["pgts"][0]["price"], 0.001);
  EXPECT_EQ(json["prices"]["methods"]["pgts"][1]["tokens_per_problem"], 80);
  EXPECT_EQ(json["prices"]["paired"][3]["price"], 0);
  EXPECT_EQ(json["at_pgts_tokens"]["methods"]["pgts"][0]["tokens"], 60);
}

TEST(ComparisonJsonTest, PairsPgtsWithEachAndTheBestOtherWithEach) {
  const Json json = ComparisonJson(TwoCaps());
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

class WriteResultsTest : public ::testing::Test {
 protected:
  Json Write(const Comparison& comparison) {
    WriteResults(comparison,
                 {.folder = folder_.path(), .task = "toy", .config = "x: 1", .reach = {0.6, 0.9}});
    return ReadJsonFile(folder_.File("results_toy.json"));
  }
  TempFolder folder_;
};

TEST_F(WriteResultsTest, ResultsAreInTheHarnesssLayoutStrictAndFlexible) {
  const Json file = Write(TwoCaps());
  const Json& beam = file["results"]["toy_beam_200"];
  EXPECT_EQ(beam["alias"], "beam at budget 200");
  EXPECT_EQ(beam["exact_match,strict-match"], 0.75);
  EXPECT_EQ(beam["exact_match_stderr,strict-match"], 0.25);  // 0.5 / sqrt(4)
  EXPECT_EQ(beam["exact_match,flexible-extract"], 1.0);
  EXPECT_EQ(beam["exact_match_stderr,flexible-extract"], 0.0);
  EXPECT_EQ(beam["generated_tokens,none"], 200.0);
  EXPECT_EQ(file["results"].size(), 6u);
  EXPECT_EQ(file["config"], "x: 1");
  EXPECT_TRUE(FileExists(folder_.File("samples_toy_pgts_50.jsonl")));
  EXPECT_TRUE(Write(PricesAndCaps())["results"].contains("toy_pgts_price_0.001"));
  EXPECT_TRUE(FileExists(folder_.File("samples_toy_pgts_pgts_tokens.jsonl")));
}

TEST_F(WriteResultsTest, OneColumnNeedsNoNameAndStandsBesideItsSummary) {
  const Comparison comparison = OneColumn({ByHand("beam", {1, 1, 0, 1}, 200)});
  const Json file = Write(comparison);
  EXPECT_EQ(file["results"]["toy_beam"]["alias"], "beam");
  EXPECT_EQ(file["results"]["toy_beam"]["exact_match_stderr,strict-match"], 0.25);
  EXPECT_EQ(file["pgts"], SummaryJson(comparison));
  EXPECT_TRUE(FileExists(folder_.File("samples_toy_beam.jsonl")));
}

TEST_F(WriteResultsTest, BesideSeveralColumnsStandCostsAndBounds) {
  const Json pgts = Write(TwoCaps())["pgts"];
  EXPECT_EQ(pgts["problems"], 4);
  EXPECT_EQ(pgts["columns"][1]["budget"], 200);
  EXPECT_EQ(pgts["columns"][1]["methods"]["beam"]["flops_per_problem"], 200e6);
  EXPECT_EQ(pgts["columns"][0]["methods"]["beam"]["perfect_reward_model"], 1.0);
  EXPECT_TRUE(pgts["costs"]["beam"]["to_reach"][1]["tokens"].is_null());  // 90 %: never
  EXPECT_EQ(pgts["bounds"]["perfect_actions"][0]["share"], 0.5);
  EXPECT_EQ(pgts["bounds"]["pass_at_k"][1]["k"], 2);
  EXPECT_EQ(pgts["bounds"]["pass_at_k"][1]["share"], 0.75);
}

TEST_F(WriteResultsTest, SamplesHaveALineForEachProblemAndFilter) {
  Write(TwoCaps());
  const std::vector<Json> lines = ReadJsonl(folder_.File("samples_toy_pgts_50.jsonl"));
  ASSERT_EQ(lines.size(), 8u);
  const Json strict = {{"doc_id", 1},
                       {"target", "46"},
                       {"resps", Json::array({Json::array({"40+6=46\n"})})},
                       {"filtered_resps", Json::array({""})},
                       {"filter", "strict-match"},
                       {"exact_match", 0.0},
                       {"generated_tokens", 40.0}};
  EXPECT_EQ(lines[2], strict);
  EXPECT_EQ(lines[3]["doc_id"], 1);
  EXPECT_EQ(lines[3]["filter"], "flexible-extract");
  EXPECT_EQ(lines[3]["filtered_resps"], Json::array({"46"}));
  EXPECT_EQ(lines[3]["exact_match"], 1.0);
}

}  // namespace
}  // namespace pgts::eval
