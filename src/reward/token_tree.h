// SPDX-License-Identifier: Apache-2.0
// Solutions of one problem as one row for the decoder, each distinct token once.
//
// The solutions are merged into a tree of tokens: what begins alike (the prompt, mostly the first
// steps) is stored once. The decoder reads the tree as a sequence in which a token stands at
// position = its depth and sees its ancestors and itself only, so its hidden state is what it would
// be in a row of its own. Eight solutions of a word problem take about a third of the tokens.
#pragma once

#include <span>
#include <vector>

#include "labels/step_data.h"
#include "llm/token.h"

namespace pgts::reward {

// A place where a score is read: the last token of a step.
struct Reading {
  int node = 0;      // index into TokenTree::tokens
  int solution = 0;  // which of the solutions, and which of its steps
  int step = 0;
};

struct TokenTree {
  std::vector<llm::Token> tokens;   // parents before children
  std::vector<int> parent;          // -1 at the first token
  std::vector<int> depth;           // tokens before it on its path
  std::vector<bool> worth_writing;  // it belongs to a step that is labelled right
  std::vector<Reading> readings;    // every step of every solution, in their order

  int size() const { return static_cast<int>(tokens.size()); }
};

// All solutions must begin with the same token (they share a prompt). A solution is followed for
// `max_length` tokens; steps that end later have no reading.
TokenTree BuildTokenTree(std::span<const labels::LabelledSolution* const> solutions,
                         int max_length);

}  // namespace pgts::reward
