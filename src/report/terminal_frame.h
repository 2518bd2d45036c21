// SPDX-License-Identifier: Apache-2.0
// Lines on a terminal that the next drawing replaces.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "report/render.h"

namespace pgts::report {

// How something that grows is shown.
struct View {
  bool redraw = false;  // `out` is a terminal that can move its cursor up
  int height = 24;      // its lines; of a taller drawing those around the current row are shown
  RenderOptions options;
};

class TerminalFrame {
 public:
  // `out` outlives it; `height`: lines of the terminal.
  TerminalFrame(std::ostream& out, int height) : out_(out), height_(height) {}

  // Replaces what is shown. Of more lines than there is room for, those around `row`.
  void Show(const std::vector<std::string>& lines, int row);
  void Erase();

 private:
  std::ostream& out_;
  int height_;
  int shown_ = 0;  // lines that the next drawing replaces
};

}  // namespace pgts::report
