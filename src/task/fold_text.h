// SPDX-License-Identifier: Apache-2.0
// Text as the answer reader sees it: one alphabet of digits and signs, little markup.
//
//   decimal digits of common scripts, full-width      their ASCII character
//   currency signs, and codes before a number         '$'
//   minus signs and en dash, fraction slash           '-', '/'
//   typographic quotes                                ' and "
//   Arabic decimal and thousands separators           '.', ','
//   no-break and thin spaces (also LaTeX's \,)        kThinSpace between digits, else a blank
//   ½, ⅔, ...; \frac{1}{2}, \frac12                   " 1/2"
//   "minus 7", "negative 7"; "2 and a half"           "-7"; "2 1/2"
//   zero-width and direction marks                    nothing
//   \text{x}, ^{x}; \times, \circ; \$, \%             x, ^x; ×, °; $, %
//   raised dots; the two characters "\n"              '×'; a newline
//
// Superscript digits are no digits. Invalid UTF-8 passes as it is. Linear in the text's length.
#pragma once

#include <string>
#include <string_view>

namespace pgts::task {

inline constexpr char kThinSpace = '\x1f';

std::string FoldText(std::string_view text);

}  // namespace pgts::task
