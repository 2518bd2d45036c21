// SPDX-License-Identifier: Apache-2.0
#include "report/step_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/table.h"
#include "base/utf8.h"
#include "world/step.h"

namespace pgts::report {
namespace {

// Bytes of the valid UTF-8 character that `text` begins with; 0 if it begins with none.
size_t CharacterBytes(std::string_view text) {
  for (size_t bytes = 1; bytes <= std::min<size_t>(4, text.size()); ++bytes) {
    if (world::IsValidUtf8(text.substr(0, bytes), /*cut_off=*/false)) return bytes;
  }
  return 0;
}

// Characters beyond ASCII that must not reach a terminal.
bool IsUnsafe(uint32_t point) {
  return (point >= 0x80 && point < 0xA0) || point == 0x061C || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
         point == 0xFEFF;
}

std::string Shown(std::string_view character) {
  const uint32_t point = DecodeUtf8(character).value;
  switch (point) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  if (point < 0x20 || point == 0x7F) return fmt::format("\\x{:02x}", point);
  return IsUnsafe(point) ? fmt::format("\\u{{{:x}}}", point) : std::string(character);
}

}  // namespace

std::string OneLine(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  std::string line;
  while (!text.empty()) {
    const size_t bytes = CharacterBytes(text);
    if (bytes == 0) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else {
      line += Shown(text.substr(0, bytes));
    }
    text.remove_prefix(std::max<size_t>(1, bytes));
  }
  return line;
}

std::string CutTo(std::string_view text, int columns) {
  if (DisplayWidth(text) <= columns) return std::string(text);
  if (columns <= 0) return "";
  std::string cut;
  int used = 0;
  while (!text.empty()) {
    const size_t bytes = std::max<size_t>(1, CharacterBytes(text));
    const int width = DisplayWidth(text.substr(0, bytes));
    if (used + width > columns - 1) break;
    cut += text.substr(0, bytes);
    used += width;
    text.remove_prefix(bytes);
  }
  return cut + "…";
}

std::string PadTo(std::string_view text, int columns) {
  std::string line = CutTo(text, columns);
  line.append(static_cast<size_t>(std::max(0, columns - DisplayWidth(line))), ' ');
  return line;
}

}  // namespace pgts::report
