// SPDX-License-Identifier: Apache-2.0
#include "base/table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "base/utf8.h"

namespace pgts {
namespace {

constexpr std::string_view kGap = "  ";

struct Range {
  uint32_t first;
  uint32_t last;
};
// The common ranges of Unicode Standard Annex 11 (wide) and of category Mn (zero width).
constexpr std::array kWide = {
    Range{0x1100, 0x115F},   Range{0x2E80, 0xA4CF},  Range{0xAC00, 0xD7A3}, Range{0xF900, 0xFAFF},
    Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},  Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1F64F},
    Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
constexpr std::array kZero = {Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20F0},
                              Range{0xFE00, 0xFE0F}};

template <size_t N>
bool Holds(const std::array<Range, N>& ranges, uint32_t value) {
  return std::any_of(ranges.begin(), ranges.end(), [value](const Range& range) {
    return value >= range.first && value <= range.last;
  });
}

std::string Padded(const std::string& cell, Align align, int width) {
  const std::string space(static_cast<size_t>(std::max(0, width - DisplayWidth(cell))), ' ');
  return align == Align::kLeft ? cell + space : space + cell;
}

std::string TrimEnd(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

int DisplayWidth(std::string_view text) {
  int width = 0;
  while (!text.empty()) {
    const CodePoint point = DecodeUtf8(text);
    text.remove_prefix(point.bytes);
    width += Holds(kZero, point.value) ? 0 : Holds(kWide, point.value) ? 2 : 1;
  }
  return width;
}

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::Row(std::vector<std::string> cells) {
  if (cells.size() > columns_.size()) throw std::logic_error("a table row has too many cells");
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

void Table::Rule() { rows_.emplace_back(); }

std::string Table::Text() const {
  std::vector<std::string> names;
  for (const Column& column : columns_) names.push_back(column.name);
  std::vector<std::vector<std::string>> lines = {names, {}};
  lines.insert(lines.end(), rows_.begin(), rows_.end());

  std::vector<int> widths(columns_.size(), 0);
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(line[i]));
  }
  std::string text;
  for (const auto& line : lines) {
    std::string row;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) row += kGap;
      row += line.empty() ? std::string(static_cast<size_t>(widths[i]), '-')
                          : Padded(line[i], columns_[i].align, widths[i]);
    }
    text += TrimEnd(row) + "\n";
  }
  return text;
}

}  // namespace pgts
