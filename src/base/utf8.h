// SPDX-License-Identifier: Apache-2.0
// Characters of UTF-8 text, one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgts {

struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 1;
  bool valid = true;  // false: `value` is the one byte that begins no character
};

// The character at the start of `text`, which is not empty. Overlong forms and surrogates pass.
CodePoint DecodeUtf8(std::string_view text);

}  // namespace pgts
