// SPDX-License-Identifier: Apache-2.0
// What the policy sees of a tree, as plain spans of floats; the network in policy/ turns them into
// tensors. Node features are squashed to about [-1, 1]. Reading a tree costs O(nodes^2) at most
// (the structural encodings), a few microseconds for 20 nodes.
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

inline constexpr std::array<std::string_view, 16> kNodeFeatureNames = {
    "score",    "log_prob", "log_prob_per_token", "tokens",  "depth",  "width",
    "terminal", "dead",     "duplicate",          "current", "visits", "on_path",
    "return_2", "return_4", "return_6",           "return_8"};
inline constexpr int kNodeFeatures = static_cast<int>(kNodeFeatureNames.size());
// Of the edge parent -> child; the attempt index is over max_width. (The depth difference of a
// tree's edge is always one; its direction is the network's business.)
inline constexpr std::array<std::string_view, 3> kEdgeFeatureNames = {"score_difference",
                                                                      "log_prob", "attempt"};
inline constexpr int kEdgeFeatures = static_cast<int>(kEdgeFeatureNames.size());
inline constexpr std::array<std::string_view, 6> kGlobalFeatureNames = {
    "nodes_left",          "actions_left",   "tokens_left",
    "best_terminal_score", "terminal_nodes", "depth_left"};
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
