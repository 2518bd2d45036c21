// SPDX-License-Identifier: Apache-2.0
#include "task/answer_reader.h"

#include <re2/re2.h>

#include <utility>

#include "base/error.h"
#include "task/boxed.h"
#include "task/own_text.h"
#include "task/text.h"

namespace pgts::task {
namespace {

// The last match's group (its whole where it has none); null data: no match.
re2::StringPiece LastGroup(std::string_view text, const RE2& pattern) {
  const int group = pattern.NumberOfCapturingGroups();
  re2::StringPiece found[2], last;
  for (size_t at = 0; at <= text.size();) {
    if (!pattern.Match(Piece(text), at, text.size(), RE2::UNANCHORED, found, group + 1)) break;
    if (!found[group].empty()) last = found[group];
    const auto end = static_cast<size_t>(found[0].data() + found[0].size() - text.data());
    at = found[0].empty() ? end + 1 : end;
  }
  return last;
}

// "B", "(B)", "B) Lima", "**B**", "\boxed{B}": a letter by itself at the start.
std::optional<std::string> LeadingLetter(std::string_view text) {
  static const RE2 kLetter(
      R"(^[\s*_:("'\[$]*(?:\\(?:boxed|text)\{)*([A-Za-z])(?:[).:\]]|[\s*_"'}$.]*$))");
  std::string letter;
  if (!RE2::PartialMatch(Piece(text), kLetter, &letter)) return std::nullopt;
  letter[0] = static_cast<char>(letter[0] & ~0x20);
  return letter;
}

const RE2& SaysLetter() {
  static const RE2 kSays(
      R"((?m)(?i:\b(?:answer|option|choice)(?:\s+is)?)[\s:*("'\[]*([A-Z])(?:[).:,*\]"'}]|\s*$))");
  return kSays;
}

std::optional<std::string> StatedLetter(std::string_view text) {
  static const RE2 kBracketed(R"(\(([A-Z])\))");
  for (const RE2* pattern : {&SaysLetter(), &kBracketed}) {
    const re2::StringPiece letter = LastGroup(text, *pattern);
    if (!letter.empty()) return std::string(letter);
  }
  return std::nullopt;
}

// Without blanks around it and with one blank for many.
std::string OneSpaced(std::string_view text) {
  std::string spaced;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!blank) {
      spaced += c;
    } else if (!spaced.empty() && spaced.back() != ' ') {
      spaced += ' ';
    }
  }
  if (spaced.ends_with(' ')) spaced.pop_back();
  return spaced;
}

void LowerAscii(std::string& text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

std::unique_ptr<RE2> Compile(const std::string& pattern) {
  RE2::Options quiet;
  quiet.set_log_errors(false);
  const RE2 alone(pattern, quiet);
  if (!alone.ok()) {
    throw Error::Format("answer.regex = {}: not a regular expression (RE2): {}", pattern,
                        alone.error());
  }
  if (alone.NumberOfCapturingGroups() > 1) {
    throw Error::Format("answer.regex = {}: {} groups; one is the answer: write (?:...) for others",
                        pattern, alone.NumberOfCapturingGroups());
  }
  return std::make_unique<RE2>("(?m)" + pattern, quiet);
}

}  // namespace

AnswerReader::AnswerReader(AnswerSettings settings) : settings_(std::move(settings)) {
  if (settings_.compare == "auto") {
    settings_.compare = settings_.find == "number" ? "number" : "exact";
  }
  if (settings_.find == "number" && !numeric()) {
    throw Error::Format("answer.compare = {}: with answer.find = number it is number",
                        settings_.compare);
  }
  if (settings_.find == "choice" && numeric()) {
    throw Error("answer.compare = number: a choice is a letter; use exact");
  }
  if ((settings_.find == "regex") == settings_.regex.empty()) {
    throw Error("answer.regex goes with answer.find = regex: give both or none");
  }
  if (settings_.marker.empty()) throw Error("answer.marker is empty; the default is \"####\"");
  if (!settings_.regex.empty()) regex_ = Compile(settings_.regex);
}

AnswerReader::~AnswerReader() = default;

std::optional<std::string> AnswerReader::Find(std::string_view text, AnswerFilter filter) const {
  if (settings_.find == "number") return ExtractNumber(text, filter, settings_.marker);
  text = OwnText(text);
  std::optional<std::string> strict = Strict(text);
  return strict || filter == AnswerFilter::kStrict ? strict : Flexible(text);
}

std::optional<std::string> AnswerReader::Gold(std::string_view answer) const {
  const bool marked = answer.find(settings_.marker) != answer.npos;
  if (marked && (settings_.find == "number" || settings_.find == "text")) {
    return AfterMarker(answer);  // of a whole solution, as in GSM8K's files
  }
  return settings_.find == "choice" ? LeadingLetter(answer) : Normal(answer);
}

std::string_view AnswerReader::OwnText(std::string_view text) const {
  text = WithoutThinking(text);
  if (regex_) return WithoutNextQuestion(text, FirstMatch(text, *regex_).end);
  const size_t answered = text.find(settings_.find == "box" ? "\\boxed" : settings_.marker);
  const bool stated = settings_.find == "choice" && answered == text.npos;
  return WithoutNextQuestion(text, stated ? FirstMatch(text, SaysLetter()).end : answered);
}

std::optional<std::string> AnswerReader::Strict(std::string_view text) const {
  if (settings_.find == "regex") return LastMatch(text);
  if (settings_.find != "box") return AfterMarker(text);
  const std::optional<std::string_view> box = LastBox(text);
  return box ? Normal(*box) : std::nullopt;
}

std::optional<std::string> AnswerReader::Flexible(std::string_view text) const {
  if (settings_.find == "choice") {
    const std::optional<std::string_view> box = LastBox(text);
    return box ? LeadingLetter(*box) : StatedLetter(text);
  }
  const bool number = settings_.find == "box" && numeric();
  return number ? ExtractNumber(text, AnswerFilter::kFlexible) : std::nullopt;
}

std::optional<std::string> AnswerReader::AfterMarker(std::string_view text) const {
  const size_t at = text.rfind(settings_.marker);
  if (at == text.npos) return std::nullopt;
  const std::string_view line = FirstLine(text.substr(at + settings_.marker.size()));
  return settings_.find == "choice" ? LeadingLetter(line) : Normal(line);
}

std::optional<std::string> AnswerReader::LastMatch(std::string_view text) const {
  const re2::StringPiece last = LastGroup(text, *regex_);
  return last.empty() ? std::nullopt : Normal({last.data(), last.size()});
}

std::optional<std::string> AnswerReader::Normal(std::string_view answer) const {
  if (numeric()) return ExtractNumber("#### " + std::string(answer), AnswerFilter::kStrict);
  std::string normal = OneSpaced(answer);
  if (normal.empty()) return std::nullopt;
  if (settings_.compare == "ignore_case") LowerAscii(normal);
  return normal;
}

}  // namespace pgts::task
