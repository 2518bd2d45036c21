// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

namespace pgts {

CodePoint DecodeUtf8(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const CodePoint byte{.value = lead, .bytes = 1, .valid = lead < 0x80};
  const size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
  if (bytes == 1 || bytes > text.size() || lead > 0xF4) return byte;
  uint32_t value = lead & (0x7F >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return byte;
    value = value << 6 | (next & 0x3F);
  }
  return {.value = value, .bytes = bytes};
}

}  // namespace pgts
