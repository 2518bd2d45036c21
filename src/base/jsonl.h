// SPDX-License-Identifier: Apache-2.0
// JSON lines: one object a line.
//
// Our own append-only files may end in a record that a kill tore; it is cut, not an error. Any
// other bad line is an Error with file and line.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"

namespace pgts {

// Keeps the order in which keys were set, so that lines read as they were written in the code.
using Json = nlohmann::ordered_json;

// One line of compact JSON without the newline. Invalid UTF-8 becomes U+FFFD; NaN becomes null.
std::string JsonText(const Json& value);
// Indented, for files that people read.
std::string JsonPretty(const Json& value);
// Parses a whole JSON file; Error with file and line.
Json ReadJsonFile(const std::string& path);

class JsonlWriter {
 public:
  // keep: see AppendFile.
  explicit JsonlWriter(std::string path, std::optional<int64_t> keep = std::nullopt)
      : file_(std::move(path), keep) {}
  void Write(const Json& record);  // a flushed line
  void Sync() { file_.Sync(); }
  int64_t length() const { return file_.length(); }

 private:
  AppendFile file_;
};

struct JsonlReadOptions {
  bool own = false;  // our own append-only file: a torn last record is cut
};

// Streams a JSONL file; blank lines are skipped.
class JsonlReader {
 public:
  explicit JsonlReader(std::string path, JsonlReadOptions options = {});
  // The next record; nothing at the end.
  std::optional<Json> Next();
  int64_t line() const { return line_; }  // of the last record, from 1
  // Bytes up to the end of the last whole record: what a writer keeps (`JsonlWriter::keep`).
  int64_t whole_length() const { return whole_length_; }
  bool torn() const { return torn_; }  // a torn last record was cut

 private:
  std::string path_;
  JsonlReadOptions options_;
  std::ifstream stream_;
  int64_t line_ = 0;
  int64_t position_ = 0;
  int64_t whole_length_ = 0;
  bool torn_ = false;
};

std::vector<Json> ReadJsonl(const std::string& path, JsonlReadOptions options = {});

}  // namespace pgts
