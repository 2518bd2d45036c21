// SPDX-License-Identifier: Apache-2.0
#include "report/growing_tree.h"

namespace pgts::report {

void GrowingTree::Before(const tree::Tree&, const tree::Decision& decision) {
  action_ = decision.action;
}

void GrowingTree::After(const tree::Tree& tree) {
  if (view_.redraw) {
    if (!tree.Done()) Redraw(tree);  // else Ended draws it
  } else {
    out_ << RenderStep(tree, world_, action_, view_.options) << "\n" << std::flush;
  }
}

void GrowingTree::Ended(const tree::Tree& tree, const std::optional<tree::Answer>& answer) {
  frame_.Erase();
  out_ << RenderTree(tree, world_, answer, view_.options) << std::flush;
}

void GrowingTree::Redraw(const tree::Tree& tree) {
  const RenderedTree drawing = RenderLines(tree, world_, std::nullopt, view_.options);
  frame_.Show(drawing.lines, drawing.current_row);
}

}  // namespace pgts::report
