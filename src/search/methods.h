// SPDX-License-Identifier: Apache-2.0
// Every method of this project by name, in one list (methods.cc). A method is a searcher with what
// sets it apart from others of its kind (path score, vote, value) fixed, and with candidates for
// its hyperparameters, among which validation problems choose:
//
//   const Method& method = FindMethod("beam");
//   for (const Setting& setting : method.candidates) {
//     const std::unique_ptr<Searcher> searcher = setting.make(parts);   // "width=2, expansion=2"
//   }
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "search/searcher.h"
#include "tree/policy.h"
#include "world/score_quantiles.h"

namespace pgts::search {

// What methods may need beside a world. All of it must outlive the searchers.
struct MethodParts {
  Rounds* rounds = nullptr;
  tree::Policy* greedy = nullptr;   // the trained policy, taking its most probable action
  tree::Policy* sampled = nullptr;  // the same, drawing its actions
  world::ScoreQuantiles scores = world::EvenScores();  // the judge's
};

// A method with a value for each of its hyperparameters.
struct Setting {
  std::string text;  // for people: "width=2, expansion=2"; empty: there are none
  // The parts hold what the method's `needs` name.
  std::function<std::unique_ptr<Searcher>(const MethodParts& parts)> make;
  bool chooses_actions = false;  // a policy decides among the four actions
  // Searches until its limits are spent, so that it is nothing without a cap on its tokens. Others
  // end by themselves.
  bool until_limits = false;
  // Beside a cap on its tokens it keeps the run's own limit on nodes, which others exchange for it.
  bool keeps_max_nodes = false;
};

enum class Needs {
  kWorld,          // nothing more
  kScores,         // step scores
  kGreedyPolicy,   // step scores, and MethodParts::greedy
  kSampledPolicy,  // step scores, and MethodParts::sampled
};

enum class Worlds {
  kSampled,      // whose siblings are independent samples
  kGreedy,       // that have a greedy chain
  kGreedyFirst,  // both: attempt 1 of every node is its greedy step
  kTrees,        // whose siblings are what searches of trees are given (world.siblings)
};

// How a run with several chains counts.
enum class Counting {
  kOneAnswer,  // its answer
  kEachChain,  // each chain by itself; the run is the mean over them
};

struct Method {
  std::string_view name;
  Needs needs = Needs::kWorld;
  std::vector<Setting> candidates;  // at least one, from the narrowest to the widest
  Worlds worlds = Worlds::kSampled;
  Counting counting = Counting::kOneAnswer;
};

std::span<const Method> Methods();

// Error for an unknown name, with the nearest one, behind `place`.
const Method& FindMethod(std::string_view name, std::string_view place = "");

// `cot_sampled` of the list, as the mean over so many chains of a problem.
inline constexpr int kSampledChains = 16;
Method SampledChains(int chains);

}  // namespace pgts::search
