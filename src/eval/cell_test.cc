// SPDX-License-Identifier: Apache-2.0
#include "eval/cell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"
#include "eval/comparison_fixture.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const search::Method& kMcts = search::FindMethod("mcts");
const Cell kCell{.method = kMcts, .option = {.candidate = 1, .cap = 200}, .seed = 3};

class CellFolderTest : public ::testing::Test {
 protected:
  TempFolder temporary_;
  CellFolder folder_{temporary_.path()};
};

TEST_F(CellFolderTest, NothingIsThereBeforeItIsSaved) {
  EXPECT_EQ(folder_.Load(kCell), std::nullopt);
  EXPECT_TRUE(folder_.LoadTuning(kMcts).empty());
  EXPECT_EQ(folder_.LatestStore().steps, 0);
}

TEST_F(CellFolderTest, WithoutAPathNothingIsKept) {
  const CellFolder none;
  none.Save(kCell, ByHand("mcts", {1}, 40), {});
  none.SaveTuning(kMcts, std::vector<Tried>(1), {});
  EXPECT_EQ(none.Load(kCell), std::nullopt);
  EXPECT_TRUE(none.LoadTuning(kMcts).empty());
}

TEST_F(CellFolderTest, ACellIsNamedByMethodSettingCapAndSeed) {
  EXPECT_EQ(kCell.Name(), "mcts_exploration=0_branching=2_200_3");
  EXPECT_EQ((Cell{.method = search::FindMethod("pgts")}.Name()), "pgts__0_0");
}

TEST_F(CellFolderTest, ACellComesBackAsItWasSaved) {
  MethodResult saved = ByHand("mcts", {1, 0.25}, 40);
  double value = 0.1;
  for (const auto& [name, field] : kRecordNumbers) saved.records[1].*field = value += 0.3;
  saved.records[1].recorded = false;
  folder_.Save(kCell, saved, {});
  const std::optional<MethodResult> loaded = folder_.Load(kCell);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->method, "mcts");
  ASSERT_EQ(loaded->records.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const ProblemRecord &a = loaded->records[i], &b = saved.records[i];
    EXPECT_EQ(a.problem, b.problem);
    EXPECT_EQ(a.recorded, b.recorded);
    EXPECT_EQ(a.answer, b.answer);
    EXPECT_EQ(a.flexible_answer, b.flexible_answer);
    EXPECT_EQ(a.gold, b.gold);
    EXPECT_EQ(a.text, b.text);
    for (const auto& [name, field] : kRecordNumbers) EXPECT_EQ(a.*field, b.*field) << name;
  }
  for (const Option& other : {Option{1, 100}, Option{2, 200}}) {
    EXPECT_EQ(folder_.Load({.method = kMcts, .option = other, .seed = 3}), std::nullopt);
  }
  EXPECT_EQ(folder_.Load({.method = kMcts, .option = kCell.option, .seed = 4}), std::nullopt);
}

TEST_F(CellFolderTest, WhatWasTriedComesBackInItsOrder) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Tried> saved = {
      {.option = {4, 100}, .correct = {1, missing}, .tokens = {10.5, 3}},
      {.option = {0, 50}, .correct = {0, 1}, .tokens = {7, 8}}};
  folder_.SaveTuning(kMcts, saved, {});
  const std::vector<Tried> tried = folder_.LoadTuning(kMcts);
  ASSERT_EQ(tried.size(), 2u);
  EXPECT_EQ(tried[0].option, (Option{4, 100}));
  EXPECT_EQ(tried[0].correct[0], 1);
  EXPECT_TRUE(std::isnan(tried[0].correct[1]));
  EXPECT_THAT(tried[0].tokens, ElementsAre(10.5, 3));
  EXPECT_EQ(tried[1].option, (Option{0, 50}));
}

TEST_F(CellFolderTest, TheStoreIsAsLongAsTheLatestPartLeftIt) {
  folder_.Save(kCell, ByHand("mcts", {1}, 40), {.steps = 70, .scores = 20});
  folder_.SaveTuning(kMcts, {}, {.steps = 50, .scores = 35});
  EXPECT_EQ(folder_.LatestStore().steps, 70);
  EXPECT_EQ(folder_.LatestStore().scores, 35);
}

TEST_F(CellFolderTest, ADamagedFileIsNamedWithItsCure) {
  WriteFileAtomic(temporary_.File("cells/" + kCell.Name() + ".json"), "{\"records\": [{}]}");
  EXPECT_THAT([&] { folder_.Load(kCell); },
              ThrowsMessage<Error>(HasSubstr("_200_3.json is damaged: remove it")));
}

}  // namespace
}  // namespace pgts::eval
