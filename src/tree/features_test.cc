// SPDX-License-Identifier: Apache-2.0
#include "tree/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace pgts::tree {
namespace {

using enum Action;

float NodeFeature(const TreeFeatures& features, NodeId id, std::string_view name) {
  const auto found = std::find(kNodeFeatureNames.begin(), kNodeFeatureNames.end(), name);
  EXPECT_NE(found, kNodeFeatureNames.end()) << name;
  return features.node[id * kNodeFeatures + (found - kNodeFeatureNames.begin())];
}

float Global(const TreeFeatures& features, std::string_view name) {
  const auto found = std::find(kGlobalFeatureNames.begin(), kGlobalFeatureNames.end(), name);
  EXPECT_NE(found, kGlobalFeatureNames.end()) << name;
  return features.global[found - kGlobalFeatureNames.begin()];
}

// root - 1 - 2, standing on 2, which is terminal.
Tree Path() {
  Tree tree(
      {.max_depth = 4, .max_nodes = 8, .max_width = 4, .max_tokens = 100, .token_price = 0.001});
  tree.Apply(kExpand, {.tokens = 10, .log_prob = -2, .score = 0.25F, .text_hash = 1});
  tree.Apply(kExpand,
             {.tokens = 20, .log_prob = -4, .score = 0.75F, .terminal = true, .text_hash = 2});
  return tree;
}

TEST(FeaturesTest, ShapesAndParents) {
  const TreeFeatures features = ReadFeatures(Path());
  EXPECT_EQ(features.nodes, 3);
  EXPECT_EQ(features.node.size(), 3U * kNodeFeatures);
  EXPECT_EQ(features.edge.size(), 3U * kEdgeFeatures);
  EXPECT_THAT(features.parent, testing::ElementsAre(kNoNode, 0, 1));
  EXPECT_EQ(features.current, 2);
  EXPECT_EQ(features.legal, Path().Legal());
}

TEST(FeaturesTest, NodesByHand) {
  const TreeFeatures features = ReadFeatures(Path());
  EXPECT_FLOAT_EQ(NodeFeature(features, 0, "score"), 0);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "score"), -0.5F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "score"), 0.5F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "log_prob"), std::tanh(-0.5F));
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "log_prob_per_token"), std::tanh(-0.8F));
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "tokens"), std::tanh(20 / 64.0F));
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "depth"), 0.5F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "width"), 0.25F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "terminal"), 0);
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "terminal"), 1);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "current"), 0);
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "current"), 1);
  EXPECT_FLOAT_EQ(NodeFeature(features, 0, "on_path"), 1);
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "visits"), std::tanh(0.25F));
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "path_min"), -0.5F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "path_min"), -0.5F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "unexplored"), 1 - std::exp(-4.0F));
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "unexplored"), 1);
}

TEST(FeaturesTest, EdgesByHand) {
  const TreeFeatures features = ReadFeatures(Path());
  EXPECT_THAT(std::vector<float>(features.edge.begin(), features.edge.begin() + 3),
              testing::Each(0.0F));
  EXPECT_FLOAT_EQ(features.edge[6], 0.5F);              // score difference
  EXPECT_FLOAT_EQ(features.edge[7], std::tanh(-1.0F));  // step log-probability
  EXPECT_FLOAT_EQ(features.edge[8], 0.25F);             // attempt over max_width
}

TEST(FeaturesTest, GlobalsByHand) {
  const TreeFeatures features = ReadFeatures(Path());
  EXPECT_FLOAT_EQ(Global(features, "token_price"), 0);  // 0.001
  EXPECT_FLOAT_EQ(Global(features, "tokens_used"), std::log(31.0F) / 8);
  EXPECT_FLOAT_EQ(Global(features, "tokens_left"), std::log(71.0F) / 8);
  EXPECT_FLOAT_EQ(Global(features, "has_token_limit"), 1);
  EXPECT_FLOAT_EQ(Global(features, "nodes_left"), std::log(7.0F) / 8);
  EXPECT_FLOAT_EQ(Global(features, "depth_left"), 0.5F);
  EXPECT_FLOAT_EQ(Global(features, "terminal_nodes"), std::tanh(0.5F));
  EXPECT_FLOAT_EQ(Global(features, "answers"), std::tanh(0.5F));
  EXPECT_FLOAT_EQ(Global(features, "best_score"), 0.75F);
  EXPECT_FLOAT_EQ(Global(features, "best_agreement"), 1);
  EXPECT_FLOAT_EQ(Global(features, "next_score"), 0);
}

TEST(FeaturesTest, WithoutALimitMoreTokensAreLeftThanUnderAny) {
  const TreeFeatures free = ReadFeatures(Tree({}));
  const TreeFeatures limited = ReadFeatures(Tree({.max_tokens = 100'000}));
  EXPECT_FLOAT_EQ(Global(free, "has_token_limit"), 0);
  EXPECT_GT(Global(free, "tokens_left"), Global(limited, "tokens_left"));
}

TEST(FeaturesTest, APriceIsReadByItsLogarithm) {
  const auto of = [](double price) {
    return Global(ReadFeatures(Tree({.token_price = price})), "token_price");
  };
  EXPECT_FLOAT_EQ(of(0), -1);
  EXPECT_FLOAT_EQ(of(1e-4), -0.5F);
  EXPECT_FLOAT_EQ(of(1e-2), 0.5F);
  EXPECT_FLOAT_EQ(of(1), 1);
}

// Three answers below the root: "5" scores 0.6 and 0.2, "7" scores 0.5.
TEST(FeaturesTest, AnswersThatAgree) {
  Tree tree({.max_width = 4});
  const auto answer = [](const char* text, float score, uint64_t hash) {
    return Child{.tokens = 1, .score = score, .terminal = true, .text_hash = hash, .answer = text};
  };
  tree.Apply(kExpand, answer("5", 0.6F, 1));
  tree.Apply(kBranch, answer("7", 0.5F, 2));
  tree.Apply(kBranch, answer("5", 0.2F, 3));
  const TreeFeatures features = ReadFeatures(tree);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "agreement"), 2 / 3.0F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "agreement"), 1 / 3.0F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 3, "agreement"), 2 / 3.0F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "is_answer"), 1);
  EXPECT_FLOAT_EQ(NodeFeature(features, 3, "is_answer"), 0);
  EXPECT_FLOAT_EQ(Global(features, "answers"), std::tanh(1.0F));
  EXPECT_FLOAT_EQ(Global(features, "best_score"), 0.6F);
  EXPECT_FLOAT_EQ(Global(features, "best_agreement"), 2 / 3.0F);
  EXPECT_FLOAT_EQ(Global(features, "next_score"), 0.5F);
}

TEST(FeaturesTest, NodesOffThePathAreMarked) {
  Tree tree({});
  tree.Apply(kExpand, {.text_hash = 1});
  tree.Apply(kBranch, {.text_hash = 1});
  const TreeFeatures features = ReadFeatures(tree);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "on_path"), 0);
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "on_path"), 1);
  EXPECT_FLOAT_EQ(NodeFeature(features, 2, "duplicate"), 1);
}

// A path a - b - c: from an end the walk is at b after one step and back at the end with
// probability 1/2; from b it returns for certain after every two steps. At even times the walk
// from an end is at either end with probability 1/2 each, however long it runs.
TEST(StructuralEncodingTest, PathOfThreeByHand) {
  const TreeFeatures features = ReadFeatures(Path());
  for (const char* name : {"return_2", "return_4", "return_6", "return_8"}) {
    EXPECT_FLOAT_EQ(NodeFeature(features, 0, name), 0.5F) << name;
    EXPECT_FLOAT_EQ(NodeFeature(features, 1, name), 1.0F) << name;
    EXPECT_FLOAT_EQ(NodeFeature(features, 2, name), 0.5F) << name;
  }
}

// A path a - b - c - d: back at a after two steps: 1/2. After four: a-b-a-b-a 1/4, a-b-c-b-a 1/8.
TEST(StructuralEncodingTest, PathOfFourByHand) {
  Tree tree({});
  for (uint64_t text : {1, 2, 3}) tree.Apply(kExpand, {.text_hash = text});
  const TreeFeatures features = ReadFeatures(tree);
  EXPECT_FLOAT_EQ(NodeFeature(features, 0, "return_2"), 0.5F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 0, "return_4"), 0.375F);
  EXPECT_FLOAT_EQ(NodeFeature(features, 1, "return_2"), 0.75F);
}

TEST(StructuralEncodingTest, ALoneRootHasNone) {
  const TreeFeatures features = ReadFeatures(Tree({}));
  EXPECT_FLOAT_EQ(NodeFeature(features, 0, "return_2"), 0);
}

// A node's encoding is that of its place, not of the order in which nodes came.
TEST(StructuralEncodingTest, DoesNotDependOnTheOrderOfNodes) {
  Tree left({}), right({});
  left.Apply(kExpand, {.text_hash = 1});  // 1
  left.Apply(kExpand, {.text_hash = 2});  // 2 below 1
  left.Apply(kBacktrack);
  left.Apply(kBranch, {.text_hash = 3});   // 3 below the root
  right.Apply(kExpand, {.text_hash = 3});  // 1 below the root
  right.Apply(kBranch, {.text_hash = 1});  // 2 below the root
  right.Apply(kExpand, {.text_hash = 2});  // 3 below 2
  const TreeFeatures a = ReadFeatures(left), b = ReadFeatures(right);
  const std::array<NodeId, 4> same = {0, 2, 3, 1};  // node of `left` -> node of `right`
  for (NodeId id = 0; id < 4; ++id) {
    for (const char* name : {"return_2", "return_4", "return_6", "return_8"}) {
      EXPECT_NEAR(NodeFeature(a, id, name), NodeFeature(b, same[id], name), 1e-6) << id << name;
    }
  }
}

TEST(FeaturesTest, StayInRange) {
  Tree tree({.max_depth = 3, .max_nodes = 12, .max_width = 2});
  for (uint64_t text = 1; !tree.Done(); ++text) {
    const Action action = tree.Legal().Has(kExpand)   ? kExpand
                          : tree.Legal().Has(kBranch) ? kBranch
                                                      : kBacktrack;
    if (AsksForChild(action)) {
      tree.Apply(action, {.tokens = 500, .log_prob = -300, .score = 1, .text_hash = text});
    } else {
      tree.Apply(action);
    }
    for (float value : ReadFeatures(tree).node) EXPECT_LE(std::abs(value), 1.0F);
  }
}

}  // namespace
}  // namespace pgts::tree
