// SPDX-License-Identifier: Apache-2.0
#include "search/growing_tree.h"

#include <fmt/format.h>

#include <algorithm>

namespace pgts::search {

void GrowingTree::Before(const tree::Tree& tree, const tree::Decision& decision) {
  action_ = decision.action;
  if (next_ != nullptr) next_->Before(tree, decision);
}

void GrowingTree::After(const tree::Tree& tree) {
  if (view_.redraw) {
    if (!tree.Done()) Redraw(tree);  // else Ended draws it
  } else {
    out_ << RenderStep(tree, world_, action_, view_.options) << "\n" << std::flush;
  }
  if (next_ != nullptr) next_->After(tree);
}

void GrowingTree::Ended(const tree::Tree& tree, const std::optional<tree::Answer>& answer) {
  Erase();
  out_ << RenderTree(tree, world_, answer, view_.options) << std::flush;
  if (next_ != nullptr) next_->Ended(tree, answer);
}

void GrowingTree::Erase() {
  if (shown_ > 0) out_ << fmt::format("\x1b[{}A\r\x1b[J", shown_);
  shown_ = 0;
}

void GrowingTree::Redraw(const tree::Tree& tree) {
  const RenderedTree drawing = RenderLines(tree, world_, std::nullopt, view_.options);
  const int lines = static_cast<int>(drawing.lines.size());
  const int room = std::max(3, view_.height - 1);  // the cursor's own line stays free
  const int count = std::min(lines, room);
  const int first = std::clamp(drawing.current_row - count / 2, 0, lines - count);
  Erase();
  for (int i = first; i < first + count; ++i) out_ << drawing.lines[i] << "\n";
  out_ << std::flush;
  shown_ = count;
}

}  // namespace pgts::search
