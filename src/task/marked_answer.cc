// SPDX-License-Identifier: Apache-2.0
#include "task/marked_answer.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "task/text.h"

namespace pgts::task {
namespace {

struct MarkedLine {
  size_t begin = 0;  // of the line, in the text
  size_t end = 0;
  std::string_view content;  // behind the mark
};

bool HasDigit(std::string_view text) { return std::ranges::any_of(text, IsDigit); }

bool HasWords(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return c >= 0x80 || std::isalnum(c); });
}

// "#### 18 ####": what stands before the mark that ends the line, if that only closes it.
std::string_view Closed(std::string_view before, std::string_view mark) {
  const size_t opened = before.rfind(mark);
  if (opened == before.npos) return {};
  before.remove_prefix(opened + mark.size());
  return before.substr(0, before.find_last_not_of("# \t") + 1);  // npos + 1 is 0
}

MarkedLine LineOf(std::string_view text, size_t at, std::string_view mark) {
  const size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  const size_t after = at + mark.size();
  const size_t end = std::min(text.find('\n', after), text.size());
  std::string_view content = text.substr(after, end - after);
  const bool empty = content.find_first_not_of(" \t\r") == content.npos;
  if (empty) content = Closed(text.substr(begin, at - begin), mark);
  return {begin, end, content};
}

bool IsHeading(std::string_view content, bool goes_on) {
  static const RE2 kCounted(R"((?i)^[\s*_]*(?:[1-9][.)][*_]*\s+[*_$"(]*[\pL\d])"
                            R"(|(?:step|part|question|problem|example|section|phase)\s*\d))");
  if (!HasDigit(content)) return goes_on && HasWords(content);
  return RE2::PartialMatch(Piece(content), kCounted);
}

std::optional<MarkedLine> LastLine(std::string_view text, std::string_view mark) {
  const size_t at = text.rfind(mark);
  return at == text.npos ? std::nullopt : std::optional(LineOf(text, at, mark));
}

}  // namespace

PlaceReading LastMarked(std::string_view text, std::string_view mark) {
  const std::optional<MarkedLine> line = LastLine(text, mark);
  if (!line || IsHeading(line->content, /*goes_on=*/false)) return {};
  return ReadPlace(line->content, PlaceKind::kMark);
}

PlaceReading LastMarkedAnswer(std::string_view text, std::string_view mark) {
  bool goes_on = false;
  while (const std::optional<MarkedLine> line = LastLine(text, mark)) {
    goes_on = goes_on || HasWords(text.substr(line->end));
    const bool says_something = HasWords(line->content);
    if (says_something && !IsHeading(line->content, goes_on)) {
      return Committed(ReadPlace(line->content, PlaceKind::kMark));
    }
    goes_on = goes_on || says_something;
    text = text.substr(0, line->begin);
  }
  return {};
}

size_t EndOfFirstMarked(std::string_view text, std::string_view mark) {
  for (size_t at = text.find(mark); at != text.npos;) {
    const MarkedLine line = LineOf(text, at, mark);
    const auto digit = std::ranges::find_if(line.content, IsDigit);
    if (digit != line.content.end() && !IsHeading(line.content, /*goes_on=*/true)) {
      return static_cast<size_t>(&*digit - text.data()) + 1;
    }
    at = text.find(mark, line.end);
  }
  return text.npos;
}

}  // namespace pgts::task
