// SPDX-License-Identifier: Apache-2.0
// For tests of this room: masks and children by hand.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "tree/tree.h"

namespace pgts::tree {

inline ActionMask Mask(std::initializer_list<Action> actions) {
  ActionMask mask;
  for (Action action : actions) mask.Allow(action);
  return mask;
}

// Children differ in text unless a test says otherwise.
inline Child Step(float score = 0.5F) {
  static uint64_t text = 0;
  return {.tokens = 10, .log_prob = -1, .score = score, .text_hash = ++text};
}

inline Child Terminal(std::string answer, float score) {
  Child child = Step(score);
  child.terminal = true;
  child.answer = std::move(answer);
  return child;
}

inline Child Dead() {
  Child child = Step(0.9F);
  child.dead = true;
  return child;
}

}  // namespace pgts::tree
