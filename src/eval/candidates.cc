// SPDX-License-Identifier: Apache-2.0
#include "eval/candidates.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace pgts::eval {
namespace {

// One knob at each of its values.
std::vector<Candidate> Each(std::string_view knob, const std::vector<int>& values) {
  std::vector<Candidate> candidates;
  for (const int value : values)
    candidates.push_back({.knobs = {fmt::format("{}={}", knob, value)}});
  return candidates;
}

// Two knobs at each of these pairs.
std::vector<Candidate> Pairs(std::string_view a, std::string_view b,
                             const std::vector<std::pair<double, int>>& values) {
  std::vector<Candidate> candidates;
  for (const auto& [x, y] : values) {
    candidates.push_back({.knobs = {fmt::format("{}={}", a, x), fmt::format("{}={}", b, y)}});
  }
  return candidates;
}

}  // namespace

std::string Candidate::Text() const {
  std::vector<std::string> parts = knobs;
  if (bounded_nodes) parts.emplace_back("max_nodes of the run");
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::vector<Candidate> Candidates(std::string_view method) {
  // The last number is more than any budget of ours allows: the budget alone ends the drawing.
  const std::vector<int> numbers = {1, 2, 3, 4, 6, 256};
  if (method == "self_consistency" || method.starts_with("best_of_n")) {
    return Each("chains", numbers);
  }
  if (method.starts_with("pgts_vote")) return Each("searches", numbers);
  const std::vector<std::pair<double, int>> shapes = {{1, 1}, {1, 2}, {1, 3}, {1, 4},
                                                      {2, 1}, {2, 2}, {4, 4}};
  if (method.starts_with("beam")) return Pairs("width", "expansion", shapes);
  if (method.starts_with("dvts")) return Pairs("subtrees", "expansion", shapes);
  if (method.starts_with("mcts")) {
    return Pairs("exploration", "branching",
                 {{0, 1}, {0, 2}, {0, 3}, {0.1, 2}, {0.1, 4}, {0.5, 2}, {1, 4}});
  }
  if (method == "pgts" || method == "pgts_sampled") {
    return {{.bounded_nodes = false}, {.bounded_nodes = true}};
  }
  return {{}};
}

const Candidate& BestOf(const std::vector<Tried>& tried) {
  const auto better = [](const Tried& a, const Tried& b) {
    return a.accuracy != b.accuracy ? a.accuracy > b.accuracy : a.tokens < b.tokens;
  };
  return std::ranges::min_element(tried, better)->candidate;
}

}  // namespace pgts::eval
