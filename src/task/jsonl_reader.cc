// SPDX-License-Identifier: Apache-2.0
#include "task/jsonl_reader.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace pgts::task {

JsonlReader::JsonlReader(std::filesystem::path path, std::string_view cure)
    : path_(std::move(path)), file_(path_, std::ios::binary) {
  std::error_code ignored;
  const bool folder = std::filesystem::is_directory(path_, ignored);
  if (!folder && file_) return;
  const std::string why = folder ? "is a folder, not a file" : std::strerror(errno);
  throw Error::Format("cannot read {}: {}{}{}", path_.string(), why, cure.empty() ? "" : "; ",
                      cure);
}

JsonlReader::Outcome JsonlReader::Next() {
  do {
    if (!std::getline(file_, text_)) return Outcome::kEnd;
    ++line_;
  } while (text_.find_first_not_of(" \t\r") == std::string::npos);

  record_ = nlohmann::json::parse(text_, nullptr, /*allow_exceptions=*/false);
  if (record_.is_object()) {
    ++records_;
    return Outcome::kRecord;
  }
  ++bad_lines_;
  if (!record_.is_discarded()) {
    problem_ = fmt::format("a JSON {} where an object was expected", record_.type_name());
  } else if (file_.eof()) {
    problem_ = fmt::format("truncated or invalid JSON in the last line ({} bytes)", text_.size());
  } else {
    problem_ = fmt::format("invalid JSON ({} bytes)", text_.size());
  }
  return Outcome::kBadLine;
}

std::string JsonlReader::Text(const char* field) const {
  const auto found = record_.find(field);
  if (found == record_.end()) Fail(fmt::format("no field \"{}\"", field));
  if (!found->is_string()) Fail(fmt::format("field \"{}\" is not a string", field));
  return found->get<std::string>();
}

void JsonlReader::Fail(std::string_view what) const {
  throw Error::Format("{}:{}: {}; mend or remove this line", path_.string(), line_, what);
}

}  // namespace pgts::task
