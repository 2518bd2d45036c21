// SPDX-License-Identifier: Apache-2.0
// A search as text for a terminal: a policy's tree, or a set of chains drawn as one tree.
//
// Signs, each with its word, never a colour alone:
//   ▸ (left edge)   the path to the answer         ← answer 46   the step that states it
//   ● (left edge)   where a running search stands  = 46          another terminal step's answer
//   ✗ dead          cannot be continued            ≡ duplicate   a sibling has the same text
//   … cut off       ended at max_new_tokens
// Numbers: the step's score where one is known, and its tokens.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search/searcher.h"
#include "tree/tree.h"
#include "world/world.h"

namespace pgts::report {

struct RenderOptions {
  int width = 80;      // columns of the terminal; at least 40 are used
  bool scored = true;  // false: the search looked at no scores, so none are shown
};

// The whole tree with a line of what came of it; every line ends in a newline. `answer`: none, or
// the search still runs.
std::string RenderTree(const tree::Tree& tree, const world::World& world,
                       const std::optional<tree::Answer>& answer, const RenderOptions& options);

// The lines of a drawing, and which of them shows the current node (0: none, it is the root).
struct RenderedTree {
  std::vector<std::string> lines;
  int current_row = 0;
};

// The result of a method that draws chains.
std::string RenderChains(const search::SearchResult& result, const world::World& world,
                         const RenderOptions& options);

// Chains that are still being written, as far as the world knows them; the current row is the step
// that was written last.
RenderedTree RenderRunningChains(const world::World& world, const RenderOptions& options);

// One line, without a newline, for the decision just applied: its number, what was done, and the
// step where the search now stands.
std::string RenderStep(const tree::Tree& tree, const world::World& world, tree::Action action,
                       const RenderOptions& options);

// Those of RenderTree.
RenderedTree RenderLines(const tree::Tree& tree, const world::World& world,
                         const std::optional<tree::Answer>& answer, const RenderOptions& options);

}  // namespace pgts::report
