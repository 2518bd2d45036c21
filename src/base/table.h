// SPDX-License-Identifier: Apache-2.0
// Aligned text tables for results on stdout.
//
//   Table table({{"method"}, {"accuracy", Align::kRight}});
//   table.Row({"pgts", "0.81"});
//   fmt::print("{}", table.Text());
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgts {

enum class Align { kLeft, kRight };

struct Column {
  std::string name;
  Align align = Align::kLeft;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns);
  // Missing cells are empty; more cells than columns are a std::logic_error.
  void Row(std::vector<std::string> cells);
  void Rule();  // a horizontal line between the rows around it

  std::string Text() const;  // every line ends in a newline, without trailing spaces

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // an empty row is a rule
};

// Columns that UTF-8 text takes on a terminal: combining marks 0, wide East Asian and emoji 2,
// invalid bytes 1.
int DisplayWidth(std::string_view text);

}  // namespace pgts
