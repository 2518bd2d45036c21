// SPDX-License-Identifier: Apache-2.0
#include "base/jsonl.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/error.h"

namespace pgts {
namespace {

constexpr size_t kReasonLength = 160;

// nlohmann's text without its tag "[json.exception.…] ", cut: it may quote the whole line.
std::string Reason(const nlohmann::json::exception& failure) {
  std::string reason = failure.what();
  const size_t tag_end = reason.find("] ");
  if (tag_end != std::string::npos) reason.erase(0, tag_end + 2);
  if (reason.size() > kReasonLength) reason = reason.substr(0, kReasonLength) + " ...";
  return reason;
}

constexpr auto kReplaceBadUtf8 = Json::error_handler_t::replace;

}  // namespace

std::string JsonText(const Json& value) { return value.dump(-1, ' ', false, kReplaceBadUtf8); }

std::string JsonPretty(const Json& value) {
  return value.dump(2, ' ', false, kReplaceBadUtf8) + "\n";
}

Json ReadJsonFile(const std::string& path) {
  const std::string text = ReadFile(path);
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& failure) {
    const auto end = text.begin() + static_cast<int64_t>(std::min(failure.byte, text.size()));
    throw Error::Format("{}:{}: not valid JSON: {}", path, std::count(text.begin(), end, '\n') + 1,
                        Reason(failure));
  }
}

void JsonlWriter::Write(const Json& record) {
  file_.Append(JsonText(record) + "\n");
  file_.Flush();
}

JsonlReader::JsonlReader(std::string path, JsonlReadOptions options)
    : path_(std::move(path)), options_(options) {
  if (std::filesystem::is_directory(path_)) {
    throw Error::Format("{} is a folder; a file is needed", path_);
  }
  stream_.open(path_, std::ios::binary);
  if (!stream_) ThrowFileError("read", path_, errno);
}

std::optional<Json> JsonlReader::Next() {
  std::string text;
  while (std::getline(stream_, text)) {
    ++line_;
    const bool ended = !stream_.eof();  // by its newline
    position_ += static_cast<int64_t>(text.size()) + (ended ? 1 : 0);
    if (options_.own && !ended) break;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      Json record = Json::parse(text);
      whole_length_ = position_;
      return record;
    } catch (const Json::parse_error& failure) {
      if (options_.own && stream_.peek() == std::ifstream::traits_type::eof()) break;
      throw Error::Format("{}:{}: not valid JSON: {}; mend or remove this line", path_, line_,
                          Reason(failure));
    }
  }
  torn_ = position_ > whole_length_ && options_.own;
  return std::nullopt;
}

std::vector<Json> ReadJsonl(const std::string& path, JsonlReadOptions options) {
  JsonlReader reader(path, options);
  std::vector<Json> records;
  while (std::optional<Json> record = reader.Next()) records.push_back(std::move(*record));
  return records;
}

}  // namespace pgts
