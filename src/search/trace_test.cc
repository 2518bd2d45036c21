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
  HeuristicPolicy policy(HeuristicRule{});
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  fixture.RunPolicy(policy, {}, &recorder);
  TracedSearch search{.problem = std::move(problem),
                      .method = "heuristic",
                      .rollout = rollout,
                      .question = "Q",
                      .gold = "3",
                      .trajectory = recorder.Take()};
  AddTexts(*fixture.world, search.trajectory);
  search.trajectory.correct = true;
  search.trajectory.steps[3].grown->correct = true;
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
            R"({"schema":2,"problem":"p/1","method":"heuristic","rollout":2,"decision":0,)"
            R"("action":"expand","log_prob":0.0,"value":0.0,"probabilities":{"expand":1.0},)"
            R"("legal":["expand"],"from":0,"to":1,"tokens":2,"score_before":0.5,)"
            R"("score_after":0.1,"step":{"parent":0,"attempt":1,"score":0.1,"log_prob":-1.0,)"
            R"("text":"w\n"},"question":"Q","gold":"3"})");
  EXPECT_EQ(lines[3].at("step").dump(),
            R"({"parent":2,"attempt":2,"score":0.95,"log_prob":-1.0,"text":"#### 3\n",)"
            R"("answer":"3","correct":true,"terminal":true})");
  EXPECT_FALSE(lines[4].contains("step"));
  EXPECT_FALSE(lines[1].contains("question"));
  EXPECT_EQ(lines[4].at("action"), "terminate");
  EXPECT_EQ(lines[4].at("end"), "terminated");
  EXPECT_EQ(lines[4].at("answer").dump(), R"({"node":4,"text":"3","score":0.95})");
  EXPECT_EQ(lines[4].at("correct"), true);
  EXPECT_FALSE(lines[3].contains("end"));
}

void ExpectEqual(const std::optional<tree::GrownNode>& a, const std::optional<tree::GrownNode>& b) {
  ASSERT_EQ(a.has_value(), b.has_value());
  if (!a) return;
  EXPECT_EQ(a->parent, b->parent);
  EXPECT_EQ(a->attempt, b->attempt);
  EXPECT_EQ(a->duplicate, b->duplicate);
  EXPECT_EQ(a->text, b->text);
  EXPECT_EQ(a->correct, b->correct);
  EXPECT_EQ(a->child.tokens, b->child.tokens);
  EXPECT_EQ(a->child.log_prob, b->child.log_prob);
  EXPECT_EQ(a->child.score, b->child.score);
  EXPECT_EQ(a->child.terminal, b->child.terminal);
  EXPECT_EQ(a->child.dead, b->child.dead);
  EXPECT_EQ(a->child.truncated, b->child.truncated);
  EXPECT_EQ(a->child.answer, b->child.answer);
}

void ExpectEqual(const TracedSearch& a, const TracedSearch& b) {
  EXPECT_EQ(a.problem, b.problem);
  EXPECT_EQ(a.method, b.method);
  EXPECT_EQ(a.rollout, b.rollout);
  EXPECT_EQ(a.question, b.question);
  EXPECT_EQ(a.gold, b.gold);
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
    ExpectEqual(x.grown, y.grown);
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
  tree::GrownNode& odd = *written[2].trajectory.steps[0].grown;
  odd.text = "</script>\xe2\x80\xa8\"";
  odd.duplicate = odd.child.dead = odd.child.truncated = true;
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
  EXPECT_THAT(ReadError("{\"schema\":1}\n"), HasSubstr("schema 1; this build reads schema 2"));
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
    line["later"] = "than schema 2's first day";
    text += line.dump() + "\n";
  }
  WriteFileAtomic(path, text);
  EXPECT_EQ(ReadTrace(path).size(), 1u);
}

}  // namespace
}  // namespace pgts::search
