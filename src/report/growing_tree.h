// SPDX-License-Identifier: Apache-2.0
// Shows a search while it runs: on a terminal the tree is drawn again after every decision;
// otherwise one line a decision. The finished tree stands at the end of either.
#pragma once

#include <optional>
#include <ostream>

#include "report/terminal_frame.h"
#include "tree/trajectory.h"

namespace pgts::report {

class GrowingTree : public tree::SearchObserver {
 public:
  // `world` and `out` outlive it.
  GrowingTree(const world::World& world, std::ostream& out, View view)
      : world_(world), out_(out), view_(view), frame_(out, view.height) {}

  void Before(const tree::Tree& tree, const tree::Decision& decision) override;
  void After(const tree::Tree& tree) override;
  void Ended(const tree::Tree& tree, const std::optional<tree::Answer>& answer) override;

 private:
  void Redraw(const tree::Tree& tree);

  const world::World& world_;
  std::ostream& out_;
  View view_;
  TerminalFrame frame_;
  tree::Action action_ = tree::Action::kExpand;
};

}  // namespace pgts::report
