// SPDX-License-Identifier: Apache-2.0
// Reads a JSON Lines file one line at a time: memory is one line. A line that is not a JSON object
// (bad, or cut off at the end of the file) is a named outcome that the caller may count and skip,
// or turn into an Error with Fail().
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace pgts::task {

class JsonlReader {
 public:
  enum class Outcome { kRecord, kBadLine, kEnd };

  // Throws Error when the file cannot be opened; `cure` is appended to that message.
  explicit JsonlReader(std::filesystem::path path, std::string_view cure = {});

  // Moves to the next line that is not blank. After kBadLine reading may go on.
  Outcome Next();

  const nlohmann::json& record() const { return record_; }  // after kRecord: an object
  int64_t line() const { return line_; }                    // of the last outcome, from 1
  const std::string& problem() const { return problem_; }   // after kBadLine: what is wrong
  int64_t records() const { return records_; }
  int64_t bad_lines() const { return bad_lines_; }
  const std::filesystem::path& path() const { return path_; }

  // The string at `field` of the record; throws Error naming file, line and field without it.
  std::string Text(const char* field) const;
  // Throws Error "<path>:<line>: <what>; <cure>".
  [[noreturn]] void Fail(std::string_view what) const;

 private:
  std::filesystem::path path_;
  std::ifstream file_;
  std::string text_;
  nlohmann::json record_;
  std::string problem_;
  int64_t line_ = 0;
  int64_t records_ = 0;
  int64_t bad_lines_ = 0;
};

}  // namespace pgts::task
