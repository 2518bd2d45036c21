// SPDX-License-Identifier: Apache-2.0
// Where a policy's searches lose accuracy, and what other decisions would have been worth.
//
//   right          the answer is right
//   not chosen     a right answer was grown, another one given: the judge or the answer rule
//   stopped early  none was grown and the policy ended the search, though the world holds one
//   cut off        none was grown before the limits, though the world holds one
//   nowhere        no search of this world has grown one yet: the generator
//
// "The world holds one" means: what is stored of it, by whichever method grew it. A lower bound.
//
// Regret. At states of recorded searches every legal action is forced once, in the same world, and
// the policy goes on from there. Of one world that is hindsight; so states are put into groups (the
// kind of place, the current score in fifths), and a group's best action is the one whose mean
// return is best. Regret of a group: that mean less the mean return of what the policy did. A
// return is 1[right] - price * tokens of the whole search. If all regrets are small, a better
// policy has nothing to gain: the judge or the world must change first.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/jsonl.h"
#include "eval/setting_runner.h"

namespace pgts::eval {

struct Losses {
  int problems = 0;
  int right = 0, not_chosen = 0, stopped_early = 0, cut_off = 0, nowhere = 0;
};

// States of one kind.
struct ForkGroup {
  std::string place;         // "at an answer", "inside a solution", "at a dead end"
  double low = 0, high = 0;  // score of the current node
  int states = 0;
  std::array<int, tree::kActionCount> chosen{};      // how often the policy took each action
  std::array<int, tree::kActionCount> forced{};      // returns behind each mean
  std::array<double, tree::kActionCount> returns{};  // mean, by the action; 0 where never legal
  double policy_return = 0;
  double regret = 0;  // at least 0

  tree::Action Best() const;
};

struct Anatomy {
  Losses losses;
  double tokens = 0;  // mean of a search
  std::vector<ForkGroup> groups;
  double regret = 0;  // mean over states
};

struct AnatomyPlan {
  tree::Policy* policy = nullptr;
  ProblemSet problems;
  tree::Limits limits;  // the price is theirs
  int max_states = 400;
};

Anatomy Dissect(const Environment& environment, const AnatomyPlan& plan);

std::string AnatomyText(const Anatomy& anatomy);
Json ToJson(const Anatomy& anatomy);

}  // namespace pgts::eval
