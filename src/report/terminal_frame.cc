// SPDX-License-Identifier: Apache-2.0
#include "report/terminal_frame.h"

#include <fmt/format.h>

#include <algorithm>

namespace pgts::report {

void TerminalFrame::Erase() {
  if (shown_ > 0) out_ << fmt::format("\x1b[{}A\r\x1b[J", shown_);
  shown_ = 0;
}

void TerminalFrame::Show(const std::vector<std::string>& lines, int row) {
  const int all = static_cast<int>(lines.size());
  // The cursor's own line stays free, and the topmost: some terminals keep what is erased from
  // there on in their history, one copy a drawing.
  const int count = std::min(all, std::max(3, height_ - 2));
  const int first = std::clamp(row - count / 2, 0, all - count);
  Erase();
  for (int i = first; i < first + count; ++i) out_ << lines[i] << "\n";
  out_ << std::flush;
  shown_ = count;
}

}  // namespace pgts::report
