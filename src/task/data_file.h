// SPDX-License-Identifier: Apache-2.0
// Problems from a JSON Lines file: one object a line, one problem each.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/jsonl.h"
#include "task/problem.h"

namespace pgts::task {

struct DataLine {
  const std::string& path;
  int64_t number;      // from 1
  const Json& record;  // an object

  // The string at `field`; Error with file, line and field without one.
  std::string Text(const std::string& field) const;
  // Error "<path>:<number>: <what>; mend or remove this line".
  [[noreturn]] void Fail(std::string_view what) const;
};

// What `read` makes of each line, in their order. Error with file and line for what is no JSON
// object; Error with `cure` for a file that cannot be read or holds no problem.
std::vector<Problem> ReadDataFile(const std::string& path, std::string_view cure,
                                  const std::function<Problem(const DataLine&)>& read);

}  // namespace pgts::task
