// SPDX-License-Identifier: Apache-2.0
#include "report/tree_drawing.h"

#include <algorithm>
#include <utility>

#include "base/table.h"
#include "report/step_text.h"

namespace pgts::report {
namespace {

constexpr int kMarkColumns = 2;
constexpr int kLeastText = 4;  // a text with less room is left out

// Deep branches keep their last columns, so that text always has room.
std::string FitBranches(const std::string& branches, int columns) {
  const int width = DisplayWidth(branches);
  if (width <= columns) return branches;
  std::string_view rest = branches;
  for (int dropped = 0; dropped < width - columns + 1 && !rest.empty();) {
    dropped += 1;  // every column of `branches` is one character
    rest.remove_prefix(1);
    while (!rest.empty() && (static_cast<unsigned char>(rest[0]) & 0xC0) == 0x80) {
      rest.remove_prefix(1);
    }
  }
  return "⋯" + std::string(rest);
}

// Text and note within `columns`.
std::string Middle(const DrawnLine& line, int columns) {
  const std::string note = CutTo(line.note, columns);
  if (note.empty()) return PadTo(line.text, columns);
  const int room = columns - DisplayWidth(note) - 1;
  if (room < kLeastText) return PadTo(note, columns);
  return PadTo(CutTo(line.text, room) + " " + note, columns);
}

}  // namespace

int TreeDrawing::Add(int parent, DrawnLine line) {
  const int id = static_cast<int>(nodes_.size());
  nodes_.push_back({.line = std::move(line)});
  (parent == kTop ? top_ : nodes_[parent].children).push_back(id);
  return id;
}

std::string TreeDrawing::Line(const DrawnLine& line, const std::string& branches, int width) {
  const std::string before = PadTo(line.mark, kMarkColumns) + FitBranches(branches, width / 3);
  const int numbers = DisplayWidth(line.numbers);
  const int columns = width - DisplayWidth(before) - numbers - (numbers > 0 ? 1 : 0);
  std::string text = before + Middle(line, std::max(0, columns));
  if (numbers > 0) text += " " + line.numbers;
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

TreeDrawing::Text TreeDrawing::Draw(int width) const {
  Text out;
  out.row_of.resize(nodes_.size());
  DrawBelow(top_, {.node = kTop, .branches = "", .width = width}, out);
  return out;
}

void TreeDrawing::DrawBelow(const std::vector<int>& children, const Place& at, Text& out) const {
  for (int child : children) {
    const bool last = child == children.back();
    const Node& node = nodes_[child];
    out.row_of[child] = static_cast<int>(out.lines.size());
    out.lines.push_back(Line(node.line, at.branches + (last ? "└ " : "├ "), at.width));
    const Place below{
        .node = child, .branches = at.branches + (last ? "  " : "│ "), .width = at.width};
    DrawBelow(node.children, below, out);
  }
}

}  // namespace pgts::report
