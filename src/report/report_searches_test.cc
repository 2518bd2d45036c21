// SPDX-License-Identifier: Apache-2.0
#include "report/report_searches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/temp_folder.h"
#include "report/report_fixture.h"
#include "report/report_replay.h"

namespace pgts::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<search::TracedSearch> Numbered(int count) {
  std::vector<search::TracedSearch> searches;
  for (int i = 0; i < count; ++i) searches.push_back(ShortSearch("p/" + std::to_string(i)));
  return searches;
}

TEST(TraceFilesTest, EvaluationBeforeTraining) {
  TempFolder run, other;
  for (const char* name : {"train", "zebra", "eval"}) {
    WriteTraces(run.File(std::string("trajectories/") + name + ".jsonl"), Numbered(1));
  }
  WriteFileAtomic(run.File("trajectories/notes.txt"), "");
  WriteTraces(other.File("trajectories/eval.jsonl"), Numbered(1));
  EXPECT_THAT(TraceFiles(run.path(), run.path()),
              ElementsAre(run.File("trajectories/eval.jsonl"), run.File("trajectories/zebra.jsonl"),
                          run.File("trajectories/train.jsonl")));
  EXPECT_THAT(
      TraceFiles(run.path(), other.path()),
      ElementsAre(other.File("trajectories/eval.jsonl"), run.File("trajectories/train.jsonl")));
}

TEST(ReadReplaysTest, ListsSearchesAndPacksThem) {
  TempFolder folder;
  WriteTraces(folder.File("eval.jsonl"), {ShortSearch("p/1", /*correct=*/false)});
  WriteTraces(folder.File("train.jsonl"), {ShortSearch("p/9")});
  const SearchReplays replays =
      ReadReplays({folder.File("eval.jsonl"), folder.File("train.jsonl")});
  EXPECT_EQ(replays.list.dump(),
            R"({"group":["eval","train"],"method":["pgts","pgts"],"problem":["p/1","p/9"],)"
            R"("rollout":[0,0],"verdict":[0,1],"tokens":[14,14],"nodes":[2,2],)"
            R"("question":["What is 2 + 2?","What is 2 + 2?"],"left_out":0})");
  ASSERT_EQ(replays.searches.size(), 2u);
  EXPECT_EQ(Json::parse(replays.searches[0]), PackSearch(ShortSearch("p/1", false), 1000));
}

TEST(ReadReplaysTest, TellsFourVerdictsApart) {
  TempFolder folder;
  std::vector<search::TracedSearch> searches = Numbered(4);
  searches[1].trajectory.correct = false;
  searches[2].trajectory.correct = false;
  searches[2].trajectory.answer.reset();
  searches[3].trajectory.correct.reset();
  WriteTraces(folder.File("eval.jsonl"), searches);
  EXPECT_THAT(ReadReplays({folder.File("eval.jsonl")}).list.at("verdict"),
              ElementsAre(1, 0, -1, -2));
}

TEST(ReadReplaysTest, WhereRoomIsShortAnEvenShareIsTaken) {
  TempFolder folder;
  const std::vector<std::string> file = {folder.File("eval.jsonl")};
  WriteTraces(file[0], Numbered(10));
  const int64_t one = static_cast<int64_t>(ReadReplays(file).searches[0].size());
  const SearchReplays replays = ReadReplays(file, {.bytes = 5 * one});  // each has an entry, too
  EXPECT_THAT(replays.list.at("problem"), ElementsAre("p/0", "p/4", "p/8"));
  EXPECT_EQ(replays.list.at("left_out"), 7);
  EXPECT_EQ(replays.searches.size(), 3u);
}

TEST(ReadReplaysTest, TrainingHasARoomOfItsOwn) {
  TempFolder folder;
  WriteTraces(folder.File("eval.jsonl"), Numbered(4));
  WriteTraces(folder.File("train.jsonl"), Numbered(4));
  const SearchReplays replays =
      ReadReplays({folder.File("eval.jsonl"), folder.File("train.jsonl")}, {.training_bytes = 1});
  EXPECT_EQ(replays.list.at("group").size(), 5u);
}

TEST(ReadReplaysTest, AFileThatCannotBeReadIsNamedAndTheOthersAreShown) {
  TempFolder folder;
  WriteTraces(folder.File("eval.jsonl"), Numbered(1));
  WriteFileAtomic(folder.File("old.jsonl"), "{\"schema\":1}\n{\"schema\":1}\n");
  const SearchReplays replays = ReadReplays({folder.File("eval.jsonl"), folder.File("old.jsonl")});
  EXPECT_EQ(replays.searches.size(), 1u);
  EXPECT_THAT(replays.notes, ElementsAre(HasSubstr("old.jsonl:1: not a line of a trace")));
}

TEST(ReadReplaysTest, WithoutTrajectoriesThereIsNothing) {
  TempFolder folder;
  EXPECT_TRUE(ReadReplays(TraceFiles(folder.path(), folder.path())).list.empty());
}

TEST(ReadReplaysTest, TheListTakesOfTheRoomToo) {
  TempFolder folder;
  WriteTraces(folder.File("eval.jsonl"), Numbered(100));
  const SearchReplays replays = ReadReplays({folder.File("eval.jsonl")}, {.bytes = 20'000});
  size_t bytes = JsonText(replays.list).size();
  for (const std::string& search : replays.searches) bytes += search.size();
  EXPECT_LE(bytes, 20'000u);
  EXPECT_GE(replays.searches.size(), 10u);
}

// 80 nodes a search and 200 bytes a step, some of which must be escaped.
TEST(ReadReplaysTest, AThousandLargeSearchesStayWithinTheirRoom) {
  TempFolder folder;
  search::TracedSearch large = ShortSearch("p/1");
  const std::string text = "<<48/2=24>>" + std::string(189, 'x');
  large.trajectory.steps = {};
  for (int node = 1; node <= 80; ++node) {
    large.trajectory.steps.push_back(Grow(node - 1, node, text));
  }
  WriteTraces(folder.File("eval.jsonl"), std::vector<search::TracedSearch>(1000, large));
  const SearchReplays replays = ReadReplays({folder.File("eval.jsonl")});
  int64_t bytes = 0;
  for (const std::string& search : replays.searches) bytes += static_cast<int64_t>(search.size());
  EXPECT_LE(bytes, ReplayLimits{}.bytes);
  EXPECT_GE(replays.searches.size(), 400u);
  EXPECT_EQ(replays.list.at("left_out").get<size_t>() + replays.searches.size(), 1000u);
}

}  // namespace
}  // namespace pgts::report
