// SPDX-License-Identifier: Apache-2.0
// A text that is a whole number from its first character to its last.
#pragma once

#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace pgts {

// Nothing for any other text, and for a number outside [least, most].
inline std::optional<int> WholeNumber(std::string_view text, int least,
                                      int most = std::numeric_limits<int>::max()) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  const bool whole = failure == std::errc() && stop == end;
  return whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

}  // namespace pgts
