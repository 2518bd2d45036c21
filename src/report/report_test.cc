// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/temp_folder.h"
#include "report/report_fixture.h"

namespace pgts::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ReportTest : public ::testing::Test {
 protected:
  ReportTest() {
    Write("config.yaml",
          "run:\n  seed: 3\ntask:\n  name: /data/shop.yaml\ngenerator:\n  model_name: "
          "models/tiny.gguf\n"
          "search:\n  max_nodes: 18\n");
  }
  void Write(const std::string& name, const std::string& text) {
    WriteFileAtomic(folder_.File(name), text);
  }
  TempFolder folder_;
};

TEST_F(ReportTest, ARunThatHasJustBegunHasItsSettingsOnly) {
  const ReportData data = GatherReport({.run = folder_.path()});
  std::vector<std::string> parts;
  for (const auto& [name, part] : data.overview.items()) parts.push_back(name);
  EXPECT_THAT(parts, ElementsAre("run", "notes"));
  EXPECT_EQ(data.overview.at("run").at("facts").dump(),
            R"([["task","shop"],["generator","tiny.gguf"],["reward model from","tiny.gguf"],)"
            R"(["nodes a search, at most","18"],["seed","3"]])");
  EXPECT_TRUE(data.overview.at("notes").empty());
}

TEST_F(ReportTest, AWholeRunHasEveryPart) {
  Write("metrics.jsonl", "{\"kind\":\"policy\",\"iteration\":1,\"accuracy\":0.5}\n");
  Write("reward_model_final/reward_model.json", R"({"metrics": {"step_auc": 0.75}})");
  Write("summary.json",
        R"({"methods": {"pgts": {"accuracy": 0.5, "generated_tokens_per_problem": 9}}})");
  WriteTraces(folder_.File("trajectories/eval_pgts.jsonl"), {ShortSearch("p/1")});
  const ReportData data = GatherReport({.run = folder_.path()});
  EXPECT_EQ(data.overview.at("curves").at("policy").at("accuracy")[0], 0.5);
  EXPECT_EQ(data.overview.at("reward_model").at("metrics").at("step_auc"), 0.75);
  EXPECT_EQ(data.overview.at("comparisons")[0].at("methods")[0].at("name"), "pgts");
  EXPECT_THAT(data.overview.at("searches").at("problem"), ElementsAre("p/1"));
  EXPECT_EQ(data.replays.size(), 1u);
}

TEST_F(ReportTest, ADamagedPartIsNamedAndTheOthersAreShown) {
  Write("metrics.jsonl", "{\"kind\":\"policy\",\"iteration\":1}\n");
  Write("summary.json", "{");
  const ReportData data = GatherReport({.run = folder_.path()});
  EXPECT_TRUE(data.overview.contains("curves"));
  EXPECT_FALSE(data.overview.contains("comparisons"));
  EXPECT_THAT(data.overview.at("notes")[0].get<std::string>(), HasSubstr("summary.json:1"));
}

TEST_F(ReportTest, ARecordOfAnotherKindOfJsonIsNoDefect) {
  Write("metrics.jsonl", "{\"kind\":7}\n");
  EXPECT_EQ(GatherReport({.run = folder_.path()}).overview.at("notes").size(), 1u);
}

TEST_F(ReportTest, WritesOneFileThatHoldsTheData) {
  WriteTraces(folder_.File("trajectories/eval_pgts.jsonl"), {ShortSearch("p/1")});
  const std::string path = WriteReport({.run = folder_.path()});
  EXPECT_EQ(path, folder_.File("report.html"));
  EXPECT_NE(ReadFile(path).find("What is 2 + 2?"), std::string::npos);
}

TEST_F(ReportTest, AnEvaluationElsewhereHasTheReportBesideIt) {
  TempFolder other;
  Write("metrics.jsonl", "{\"kind\":\"policy\",\"iteration\":1}\n");
  Write("summary.json",
        R"({"methods": {"earlier": {"accuracy": 0.5, "generated_tokens_per_problem": 9}}})");
  WriteFileAtomic(other.File("summary.json"),
                  R"({"methods": {"pgts": {"accuracy": 0.5, "generated_tokens_per_problem": 9}}})");
  const ReportFolders folders{.run = folder_.path(), .evaluation = other.path()};
  const ReportData data = GatherReport(folders);
  EXPECT_TRUE(data.overview.contains("curves"));
  EXPECT_EQ(data.overview.at("comparisons")[0].at("methods")[0].at("name"), "pgts");
  EXPECT_EQ(WriteReport(folders), other.File("report.html"));
}

TEST_F(ReportTest, AFolderThatIsNoRunIsRefused) {
  TempFolder other;
  EXPECT_THROW(WriteReport({.run = folder_.path(), .evaluation = other.File("none")}), Error);
  EXPECT_THROW(WriteReport({.run = other.path()}), Error);
  EXPECT_NO_THROW(TryWriteReport({.run = other.path()}));
}

}  // namespace
}  // namespace pgts::report
