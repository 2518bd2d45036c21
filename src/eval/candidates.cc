// SPDX-License-Identifier: Apache-2.0
#include "eval/candidates.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  // The last value is more than any budget of ours allows: the budget alone ends the drawing.
  if (method == "self_consistency" || method.starts_with("best_of_n")) {
    return Each("chains", {2, 4, 8, 256});
  }
  if (method.starts_with("pgts_vote")) return Each("searches", {2, 4, 8, 256});
  if (method.starts_with("beam")) {
    return Pairs("width", "expansion", {{1, 2}, {1, 4}, {2, 2}, {4, 4}});
  }
  if (method.starts_with("dvts")) {
    return Pairs("subtrees", "expansion", {{2, 2}, {2, 4}, {4, 2}, {4, 4}});
  }
  if (method.starts_with("mcts")) {
    return Pairs("exploration", "branching", {{0.1, 2}, {0.1, 4}, {1, 2}, {1, 4}});
  }
  if (method == "pgts" || method == "pgts_sampled") {
    return {{.bounded_nodes = false}, {.bounded_nodes = true}};
  }
  return {{}};
}

}  // namespace pgts::eval
