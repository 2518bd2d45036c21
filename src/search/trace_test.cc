// SPDX-License-Identifier: Apache-2.0
#include "search/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/temp_folder.h"
#include "search/heuristic_policy.h"
#include "search/search_fixture.h"

namespace pgts::search {
namespace {

using ::testing::HasSubstr;

TracedSearch Search(std::string problem, int64_t rollout) {
  SearchFixture fixture(MisleadingFirstSteps());
  HeuristicPolicy policy({});
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  fixture.RunPolicy(policy, {}, &recorder);
  TracedSearch search{.problem = std::move(problem),
                      .method = "heuristic",
                      .rollout = rollout,
                      .trajectory = recorder.Take()};
  search.trajectory.correct = true;
  search.trajectory.steps[1].decision.value = 0.1F + 0.2F;  // no short decimal
  search.trajectory.steps[1].decision.log_prob = -1.0F / 3;
  return search;
}

TEST(TraceTest, WritesOneLineADecision) {
  TempFolder folder;
  const std::string path = folder.File("trace.jsonl");
  {
    JsonlWriter writer(path);
    WriteTrace(Search("p/1", 2), writer);
  }
  const std::vector<Json> lines = ReadJsonl(path);
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(lines[0].dump(),
            R"({"schema":1,"problem":"p/1","method":"heuristic","rollout":2,"decision":0,)"
            R"("action":"expand","log_prob":0.0,"value":0.0,"probabilities":{"expand":1.0},)"
            R"("legal":["expand"],"from":0,"to":1,"tokens":2,"score_before":0.5,)"
            R"("score_after":0.1})");
  EXPECT_EQ(lines[4].at("action"), "terminate");
  EXPECT_EQ(lines[4].at("end"), "terminated");
  EXPECT_EQ(lines[4].at("answer").dump(), R"({"node":4,"text":"3","score":0.95})");
  EXPECT_EQ(lines[4].at("correct"), true);
  EXPECT_FALSE(lines[3].contains("end"));
}

void ExpectEqual(const TracedSearch& a, const TracedSearch& b) {
  EXPECT_EQ(a.problem, b.problem);
  EXPECT_EQ(a.method, b.method);
  EXPECT_EQ(a.rollout, b.rollout);
  EXPECT_EQ(a.trajectory.end, b.trajectory.end);
  EXPECT_EQ(a.trajectory.correct, b.trajectory.correct);
  ASSERT_EQ(a.trajectory.answer.has_value(), b.trajectory.answer.has_value());
  if (a.trajectory.answer) {
    EXPECT_EQ(a.trajectory.answer->node, b.trajectory.answer->node);
    EXPECT_EQ(a.trajectory.answer->text, b.trajectory.answer->text);
    EXPECT_EQ(a.trajectory.answer->score, b.trajectory.answer->score);
  }
  ASSERT_EQ(a.trajectory.steps.size(), b.trajectory.steps.size());
  for (size_t i = 0; i < a.trajectory.steps.size(); ++i) {
    const tree::TrajectoryStep& x = a.trajectory.steps[i];
    const tree::TrajectoryStep& y = b.trajectory.steps[i];
    EXPECT_EQ(x.decision.action, y.decision.action);
    EXPECT_EQ(x.decision.log_prob, y.decision.log_prob);  // to the last bit
    EXPECT_EQ(x.decision.value, y.decision.value);
    EXPECT_EQ(x.decision.probabilities, y.decision.probabilities);
    EXPECT_EQ(x.legal, y.legal);
    EXPECT_EQ(x.from, y.from);
    EXPECT_EQ(x.to, y.to);
    EXPECT_EQ(x.tokens, y.tokens);
    EXPECT_EQ(x.potential_before, y.potential_before);
    EXPECT_EQ(x.potential_after, y.potential_after);
  }
}

TEST(TraceTest, ReadsBackWhatItWrote) {
  TempFolder folder;
  const std::string path = folder.File("trace.jsonl");
  std::vector<TracedSearch> written = {Search("p/1", 0), Search("p/2", 1), Search("p/3", 2)};
  written[1].trajectory.answer.reset();  // ended without an answer, not graded
  written[1].trajectory.correct.reset();
  written[1].trajectory.end = tree::End::kTokens;
  written[2].trajectory.end = tree::End::kNone;  // not recorded further
  {
    JsonlWriter writer(path);
    for (const TracedSearch& search : written) WriteTrace(search, writer);
  }
  const std::vector<TracedSearch> read = ReadTrace(path);
  ASSERT_EQ(read.size(), 3u);
  for (size_t i = 0; i < 3; ++i) ExpectEqual(written[i], read[i]);
}

TEST(TraceTest, ASearchCutByAKillIsLeftOut) {
  TempFolder folder;
  const std::string path = folder.File("trace.jsonl");
  {
    JsonlWriter writer(path);
    WriteTrace(Search("p/1", 0), writer);
    WriteTrace(Search("p/2", 0), writer);
  }
  const std::string bytes = ReadFile(path);
  WriteFileAtomic(path, bytes.substr(0, bytes.size() - 10));
  const std::vector<TracedSearch> read = ReadTrace(path);
  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].problem, "p/1");
}

std::string ReadError(const std::string& text) {
  TempFolder folder;
  const std::string path = folder.File("trace.jsonl");
  WriteFileAtomic(path, text);
  try {
    ReadTrace(path);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(TraceTest, SaysWhatIsNoTrace) {
  TempFolder folder;
  const std::string path = folder.File("trace.jsonl");
  {
    JsonlWriter writer(path);
    WriteTrace(Search("p/1", 0), writer);
  }
  const std::vector<Json> lines = ReadJsonl(path);
  EXPECT_THAT(ReadError("{\"a\":1}\n"), HasSubstr("trace.jsonl:1: not a line of a trace"));
  EXPECT_THAT(ReadError("{\"schema\":2}\n"), HasSubstr("schema 2; this build reads schema 1"));
  EXPECT_THAT(ReadError(lines[0].dump() + "\n" + lines[2].dump() + "\n"),
              HasSubstr(":2: not a line of a trace: decision 2 where 1 is due"));
  Json stranger = lines[0];
  stranger["action"] = "jump";
  EXPECT_THAT(ReadError(stranger.dump() + "\n"), HasSubstr("unknown action \"jump\""));
}

TEST(TraceTest, UnknownKeysAreIgnored) {
  TempFolder folder;
  const std::string path = folder.File("trace.jsonl");
  {
    JsonlWriter writer(path);
    WriteTrace(Search("p/1", 0), writer);
  }
  std::string text;
  for (Json line : ReadJsonl(path)) {
    line["later"] = "than schema 1's first day";
    text += line.dump() + "\n";
  }
  WriteFileAtomic(path, text);
  EXPECT_EQ(ReadTrace(path).size(), 1u);
}

}  // namespace
}  // namespace pgts::search
