// SPDX-License-Identifier: Apache-2.0
#include "eval/cell.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"
#include "eval/budget_fixture.h"

namespace pgts::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const Cell kCell{.method = "mcts", .budget = 200, .seed = 3};

class CellFolderTest : public ::testing::Test {
 protected:
  TempFolder temporary_;
  CellFolder folder_{temporary_.path()};
};

TEST_F(CellFolderTest, NothingIsThereBeforeItIsSaved) {
  EXPECT_EQ(folder_.Load(kCell), std::nullopt);
  EXPECT_EQ(folder_.LoadKnobs(kCell), std::nullopt);
  EXPECT_EQ(folder_.LatestStore().steps, 0);
}

TEST_F(CellFolderTest, ACellComesBackAsItWasSaved) {
  MethodResult saved = ByHand("mcts", {1, 0.25}, 40);
  double value = 0.1;
  for (const auto& [name, field] : kRecordNumbers) saved.records[1].*field = value += 0.3;
  folder_.Save(kCell, saved, {});
  const std::optional<MethodResult> loaded = folder_.Load(kCell);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->method, "mcts");
  EXPECT_EQ(loaded->setting, "as mcts");
  ASSERT_EQ(loaded->records.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    const ProblemRecord &a = loaded->records[i], &b = saved.records[i];
    EXPECT_EQ(a.problem, b.problem);
    EXPECT_EQ(a.answer, b.answer);
    EXPECT_EQ(a.flexible_answer, b.flexible_answer);
    EXPECT_EQ(a.gold, b.gold);
    EXPECT_EQ(a.text, b.text);
    for (const auto& [name, field] : kRecordNumbers) EXPECT_EQ(a.*field, b.*field) << name;
  }
  EXPECT_EQ(folder_.Load({.method = "mcts", .budget = 200, .seed = 4}), std::nullopt);
  EXPECT_EQ(folder_.Load({.method = "mcts", .budget = 100, .seed = 3}), std::nullopt);
}

TEST_F(CellFolderTest, KnobsAreThoseOfMethodAndBudgetWhateverTheSeed) {
  folder_.SaveKnobs(kCell, {.knobs = {"exploration=0", "branching=2"}, .bounded_nodes = true}, {});
  const auto knobs = folder_.LoadKnobs({.method = "mcts", .budget = 200, .seed = 0});
  ASSERT_TRUE(knobs);
  EXPECT_EQ(knobs->Text(), "exploration=0, branching=2, max_nodes of the run");
}

TEST_F(CellFolderTest, TheStoreIsAsLongAsTheLatestPartLeftIt) {
  folder_.Save(kCell, ByHand("mcts", {1}, 40), {.steps = 70, .scores = 20});
  folder_.SaveKnobs(kCell, {}, {.steps = 50, .scores = 30});
  EXPECT_EQ(folder_.LatestStore().steps, 70);
  EXPECT_EQ(folder_.LatestStore().scores, 30);
}

TEST_F(CellFolderTest, ADamagedFileIsNamedWithItsCure) {
  WriteFileAtomic(temporary_.File("cells/mcts_200_3.json"), "{\"setting\": \"\"}");
  EXPECT_THAT([&] { folder_.Load(kCell); },
              ThrowsMessage<Error>(HasSubstr("mcts_200_3.json is damaged: remove it")));
}

}  // namespace
}  // namespace pgts::eval
