// SPDX-License-Identifier: Apache-2.0
// Text that a model wrote, made fit for one line of a terminal.
#pragma once

#include <string>
#include <string_view>

namespace pgts::report {

// Without the line ends at its end. What could move the cursor, change colours or reorder the line
// is written as an escape: \n \t \r, \x1b for other control bytes and invalid UTF-8, \u{202e} for
// C1 controls, line separators and the marks of bidirectional text.
std::string OneLine(std::string_view text);

// `text` itself if it takes at most `columns`, else its longest start that leaves room for "…".
std::string CutTo(std::string_view text, int columns);

// CutTo, then spaces up to `columns`.
std::string PadTo(std::string_view text, int columns);

}  // namespace pgts::report
