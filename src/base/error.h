// SPDX-License-Identifier: Apache-2.0
// The one exception that ends a command. Its text is one line: what was given, what is allowed,
// where it came from, and the cure where it is known. `pgts` prints it and exits with code 2.
//
// What is expected to happen inside a run (no answer found, a bad line in a data set, a world that
// holds no such child) is a value, never an Error.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace pgts {

class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;

  template <typename... Args>
  static Error Format(fmt::format_string<Args...> format, Args&&... args) {
    return Error(fmt::format(format, std::forward<Args>(args)...));
  }
};

// Thrown at the next safe point after Ctrl-C; `pgts` exits with code 130 and says how to resume.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

}  // namespace pgts
