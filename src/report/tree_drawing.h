// SPDX-License-Identifier: Apache-2.0
// A tree of short lines, drawn with branches:
//
//   <mark> <branches><text> <note>      <numbers>
//
//   ▸ ├ 14+9=23                          0.91      8
//   ▸ │ ├ 23*2=46                        0.95      8
//     │ └ 23*2=45 ✗ dead               0.00      8
//     └ 14-9=5                           0.12      7
//
// No line is wider than `width` columns: the text is cut first, then the note.
#pragma once

#include <string>
#include <vector>

namespace pgts::report {

struct DrawnLine {
  std::string mark;     // at most one column; empty: none
  std::string text;     // one line (step_text.h)
  std::string note;     // what is said about it; never lost before the text
  std::string numbers;  // right-aligned
};

class TreeDrawing {
 public:
  static constexpr int kTop = -1;  // the parent of the outermost lines

  // Returns the line's number, from 0. A parent comes before its children.
  int Add(int parent, DrawnLine line);

  struct Text {
    std::vector<std::string> lines;  // depth first, children in the order in which they were added
    std::vector<int> row_of;         // by number: where it stands in `lines`
  };
  Text Draw(int width) const;

  // One line, laid out like those of a drawing; `branches` stands before its text.
  static std::string Line(const DrawnLine& line, const std::string& branches, int width);

 private:
  struct Node {
    DrawnLine line;
    std::vector<int> children;
  };

  struct Place {
    int node;
    std::string branches;  // before the text of its children
    int width;
  };
  void DrawBelow(const std::vector<int>& children, const Place& at, Text& out) const;

  std::vector<Node> nodes_;
  std::vector<int> top_;
};

}  // namespace pgts::report
