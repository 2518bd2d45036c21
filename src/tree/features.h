// SPDX-License-Identifier: Apache-2.0
// What the policy sees of a tree, as plain spans of floats; the network in policy/ turns them into
// tensors. All are squashed to about [-1.5, 1.5]. Reading a tree costs O(nodes^2) at most (the
// structural encodings), a few microseconds for 20 nodes.
//
// Price and budget. Tokens used and tokens left are absolute (their logarithm), since half of 50 is
// not half of 400; the price of a token (Limits::token_price) stands beside them, so that one
// policy can serve every price and every budget.
//
// Agreement. Of the terminal nodes, how many state the same answer: `agreement` of such a node is
// the share of those that agree with it, itself included.
//
// Unexplored. Tree::Unexplored: how likely the generator is to go on otherwise.
//
// Structural encodings (random-walk, Dwivedi et al., ICLR 2022; used by GPS, Rampasek et al.,
// NeurIPS 2022): the probability that a random walk on the undirected tree is back at its node
// after 2, 4, 6, 8 steps (after an odd number of steps it never is: a tree is bipartite).
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "tree/tree.h"

namespace pgts::tree {

inline constexpr std::array<std::string_view, 20> kNodeFeatureNames = {
    "score",     "log_prob",  "log_prob_per_token", "tokens",   "depth",    "width",
    "terminal",  "dead",      "duplicate",          "current",  "visits",   "on_path",
    "return_2",  "return_4",  "return_6",           "return_8", "path_min", "agreement",
    "is_answer", "unexplored"};
inline constexpr int kNodeFeatures = static_cast<int>(kNodeFeatureNames.size());
// Of the edge parent -> child; the attempt index is over max_width. (The depth difference of a
// tree's edge is always one; its direction is the network's business.)
inline constexpr std::array<std::string_view, 3> kEdgeFeatureNames = {"score_difference",
                                                                      "log_prob", "attempt"};
inline constexpr int kEdgeFeatures = static_cast<int>(kEdgeFeatureNames.size());
inline constexpr std::array<std::string_view, 11> kGlobalFeatureNames = {
    "token_price",    "tokens_used", "tokens_left", "has_token_limit", "nodes_left", "depth_left",
    "terminal_nodes", "answers",     "best_score",  "best_agreement",  "next_score"};
inline constexpr int kGlobalFeatures = static_cast<int>(kGlobalFeatureNames.size());

struct TreeFeatures {
  int nodes = 0;
  NodeId current = kRoot;
  ActionMask legal;
  std::vector<float> node;  // [nodes, kNodeFeatures]
  std::vector<int> parent;  // [nodes], -1 for the root
  std::vector<float> edge;  // [nodes, kEdgeFeatures], of the edge to the parent; zeros for the root
  std::array<float, kGlobalFeatures> global{};
};

TreeFeatures ReadFeatures(const Tree& tree);

}  // namespace pgts::tree
