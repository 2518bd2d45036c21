// SPDX-License-Identifier: Apache-2.0
// Lines on a terminal that the next drawing replaces.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace pgts::report {

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
