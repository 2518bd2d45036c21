// SPDX-License-Identifier: Apache-2.0
#include "search/dvts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/beam_search.h"
#include "search/search_fixture.h"

namespace pgts::search {
namespace {

using ::testing::ElementsAre;

// Two subtrees, expansion 2: subtree 1 gets the root's attempts 1 and 3 and goes on from 1;
// subtree 2 gets 2 and 4 and goes on from 4, though 3 scores better. There it finds the answer 7.
world::Script TwoSubtrees() {
  return world::TableScript({{{1}, {"a\n", 0.9F}},
                             {{2}, {"b\n", 0.2F}},
                             {{3}, {"c\n", 0.8F}},
                             {{4}, {"d\n", 0.3F}},
                             {{1, 1}, {"#### 5\n", 0.6F}},
                             {{1, 2}, {"e\n", 0.5F}},
                             {{4, 1}, {"", 0.9F, llm::StepEnd::kEndOfText}},
                             {{4, 2}, {"#### 7\n", 0.7F}},
                             {{3, 1}, {"#### 5\n", 0.5F}},
                             {{3, 2}, {"#### 5\n", 0.4F}}});
}

TEST(DvtsTest, EachSubtreeGoesOnByItself) {
  SearchFixture fixture(TwoSubtrees());
  fixture.limits.max_width = 4;
  const SearchResult result = fixture.Run(Dvts({.subtrees = 2, .expansion = 2}));
  std::vector<std::vector<int>> paths;
  for (int id = 1; id < fixture.world->size(); ++id) paths.push_back(fixture.world->Path(id));
  EXPECT_THAT(paths, ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3), ElementsAre(4),
                                 ElementsAre(1, 1), ElementsAre(4, 1), ElementsAre(1, 2),
                                 ElementsAre(4, 2)));
  EXPECT_FALSE(result.charges.not_recorded);
  EXPECT_EQ(result.answer, "7");
  EXPECT_FLOAT_EQ(result.score, 0.7F);
  EXPECT_EQ(result.charges.tokens, 4 * 2 + 7 + 1 + 2 + 7);
  EXPECT_EQ(result.charges.scored_steps, 7);  // the dead one is 0 unasked
}

TEST(DvtsTest, FindsWhatABeamOfEqualSizeLeaves) {
  SearchFixture fixture(TwoSubtrees());
  fixture.limits.max_width = 4;
  EXPECT_EQ(fixture.Run(BeamSearch({.width = 2, .expansion = 2})).answer, "5");
}

TEST(DvtsTest, TheVoteCountsEveryTerminalNode) {
  SearchFixture fixture(world::TableScript({{{1}, {"#### 1\n", 0.8F}},
                                            {{2}, {"#### 2\n", 0.5F}},
                                            {{3}, {"#### 3\n", 0.4F}},
                                            {{4}, {"#### 2\n", 0.4F}}}));
  fixture.limits.max_width = 4;
  const DvtsOptions options{
      .subtrees = 2, .expansion = 2, .answer = {.rule = tree::AnswerRule::kVote}};
  EXPECT_EQ(fixture.Run(Dvts(options)).answer, "2");
}

TEST(DvtsTest, AShortageAtTheRootFallsOnAllSubtreesAlike) {
  SearchFixture fixture(TwoSubtrees());
  fixture.limits = {.max_depth = 2, .max_nodes = 30, .max_width = 2};
  // One child each: 1 and 2; then 2·1, which the table does not hold.
  EXPECT_TRUE(fixture.Run(Dvts({.subtrees = 2, .expansion = 2})).charges.not_recorded);
  EXPECT_EQ(fixture.world->Path(3), (std::vector<int>{1, 1}));
}

}  // namespace
}  // namespace pgts::search
