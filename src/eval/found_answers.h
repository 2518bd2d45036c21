// SPDX-License-Identifier: Apache-2.0
// Every answer that a method came upon, whether it gave it or not: what the oracle bounds rest on.
//
// A perfect reward model would answer right wherever one of them is right. A perfect choice of
// action would go straight to it: to stand at attempt k of a node, the four actions must ask for
// attempts 1..k there and for nothing else, so the cheapest way to a node costs
//   sum over the nodes v of its path of   tokens of attempts 1..attempt(v) below parent(v),
// and within a token budget it can be asked for if that sum, without its own last step, is below
// the budget (tokens are checked before a step). A method that asked for the node paid all of that:
// no method that walks the same worlds does better than a perfect choice of action among what all
// of them came upon.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tree/trajectory.h"

namespace pgts::eval {

class FoundAnswers : public tree::SearchObserver {
 public:
  struct Found {
    std::string answer;
    int64_t tokens_before_last_step = 0;
    bool in_own_world = true;  // false: of a further search of the method, with a world or a budget
                               // of its own
  };

  // `next` sees the same searches.
  explicit FoundAnswers(tree::SearchObserver* next) : next_(*next) {}

  void Before(const tree::Tree& tree, const tree::Decision& decision) override;
  void After(const tree::Tree& tree) override;
  void Ended(const tree::Tree& tree, const std::optional<tree::Answer>& answer) override;

  std::span<const Found> all() const { return all_; }

 private:
  tree::SearchObserver& next_;
  int searches_ = 0;
  size_t nodes_before_ = 0;
  std::vector<Found> all_;
};

}  // namespace pgts::eval
