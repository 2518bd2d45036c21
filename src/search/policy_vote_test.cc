// SPDX-License-Identifier: Apache-2.0
#include "search/policy_vote.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "search/heuristic_policy.h"
#include "search/search_fixture.h"
#include "world/world_source.h"

namespace pgts::search {
namespace {

// One step answers: 1 (score 0.9) in the first world, 2 (0.4) in the second and the third.
world::Script OneAnswerAWorld() {
  return {.step = [](const world::StepAddress& place) -> std::optional<world::RawStep> {
            return world::ScriptedStep(place.epoch == 0 ? "#### 1\n" : "#### 2\n");
          },
          .score = [](const world::StepAddress& place) -> std::optional<float> {
            return place.epoch == 0 ? 0.9F : 0.4F;
          }};
}

class PolicyVoteTest : public ::testing::Test {
 protected:
  SearchResult Run(const PolicyVoteOptions& options) {
    PolicyClient client(fixture_.rounds, policy_);
    return fixture_.Run(PolicyVote(client, options), &recorder_);
  }

  SearchFixture fixture_{OneAnswerAWorld()};
  HeuristicPolicy policy_{HeuristicRule{.branch_below = 0, .terminate_above = 0}};
  tree::TrajectoryRecorder recorder_{/*with_features=*/false};
};

TEST_F(PolicyVoteTest, EachSearchWalksAWorldOfItsOwn) {
  const SearchResult result = Run({.searches = 3});
  EXPECT_EQ(result.answer, "2");
  EXPECT_EQ(result.answer_world, fixture_.Epoch(1));
  EXPECT_EQ(result.answer_world->PathText(result.answer_step), "#### 2\n");
  EXPECT_EQ(result.charges.tokens, 3 * 7);
  EXPECT_EQ(result.charges.prompt_tokens, 2);
  EXPECT_EQ(result.nodes, 3);
  EXPECT_EQ(result.depth, 1);
  EXPECT_EQ(result.actions, 3 * 2);
  EXPECT_EQ(result.policy_nodes, 3 * (1 + 2));
  EXPECT_EQ(result.chains.size(), 3u);
}

TEST_F(PolicyVoteTest, WeightedAddsTheScores) {
  EXPECT_EQ(Run({.searches = 3, .weighted = true}).answer, "1");  // 0.9 > 0.4 + 0.4
}

TEST_F(PolicyVoteTest, TheSearchesShareTheTokenBudget) {
  fixture_.limits.max_tokens = 8;
  const SearchResult result = Run({.searches = 3});
  EXPECT_EQ(result.charges.tokens, 2 * 7);  // the second was begun at 7
  EXPECT_EQ(result.chains.size(), 2u);
}

TEST_F(PolicyVoteTest, EachSearchIsATrajectory) {
  const SearchResult result = Run({.searches = 3});
  const std::vector<tree::Trajectory> searches = recorder_.TakeAll();
  ASSERT_EQ(searches.size(), 3u);
  int64_t tokens = 0;
  for (const tree::Trajectory& search : searches) {
    for (const tree::TrajectoryStep& step : search.steps) tokens += step.tokens;
  }
  EXPECT_EQ(tokens, result.charges.tokens);
  EXPECT_EQ(searches[0].answer->text, "1");
  EXPECT_EQ(searches[2].answer->text, "2");
}

// Keeps the draws that it is asked with.
class NotingPolicy : public tree::Policy {
 public:
  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override {
    for (size_t i = 0; i < requests.size(); ++i) {
      draws.insert(requests[i].draw.value());
      const bool can_stop = requests[i].tree->Legal().Has(tree::Action::kTerminate);
      decisions[i].action = can_stop ? tree::Action::kTerminate : tree::Action::kExpand;
    }
  }
  std::set<uint64_t> draws;
};

TEST_F(PolicyVoteTest, NoTwoDecisionsShareADraw) {
  NotingPolicy policy;
  PolicyClient client(fixture_.rounds, policy);
  fixture_.Run(PolicyVote(client, {.searches = 3}));
  EXPECT_EQ(policy.draws.size(), 6u);
}

TEST(VotingEpochTest, NoTwoVotersShareAnEpoch) {
  std::set<int> epochs = {world::kEvaluationEpoch, world::kPhaseOneEpoch, world::kValidationEpoch,
                          world::kTeacherEpoch};
  for (const int epoch : std::set<int>(epochs)) {
    for (int k = 1; k < world::kMaxVoters; ++k) {
      EXPECT_TRUE(epochs.insert(world::VotingEpoch(epoch, k)).second);
    }
  }
}

}  // namespace
}  // namespace pgts::search
