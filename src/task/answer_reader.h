// SPDX-License-Identifier: Apache-2.0
// How a user's task finds an answer in a model's text and when it equals the gold answer (for
// users: docs/TASKS.md).
//
// Strict: what follows the last `marker`, on its line; with `find: box` the last box, with `find:
// regex` the last match. Flexible: the strict answer, else what the kind allows:
//   number  as task/answer.h reads one     choice  "the answer is (B)", else the last "(B)"
//   box, with `compare: number`: as number; all others: nothing more
//
// Thinking is not read, nor is what follows the answer once a new question begins
// (task/own_text.h).
//
// Answers are kept in a normal form, in which equal answers are equal strings. The time is linear
// in the length of the text. Only `regex` can take more: that time for each of its matches.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "task/answer.h"

namespace re2 {
class RE2;
}

namespace pgts::task {

// Group `answer` of a task file.
struct AnswerSettings {
  std::string find = "number";
  std::string marker = "####";
  std::string regex;
  std::string compare = "auto";

  template <class Visitor>
  void Visit(Visitor& v) {
    v("find", find,
      {.choices = {"number", "choice", "box", "text", "regex"},
       .help = "What an answer is: a number, a letter, LaTeX's \\boxed{...}, the text behind the "
               "marker, or what a regular expression finds"});
    v("marker", marker, {.help = "Text before a number, choice or text that is the answer"});
    v("regex", regex,
      {.help = "For find: regex. RE2 syntax; its group, or all of it where it has none, is the "
               "answer; ^ and $ match at lines"});
    v("compare", compare,
      {.choices = {"auto", "number", "exact", "ignore_case"},
       .help = "When two answers are equal; auto: number for find: number, else exact"});
  }
};

class AnswerReader {
 public:
  // Error without a place for settings that cannot work together and for a bad regex.
  explicit AnswerReader(AnswerSettings settings);
  ~AnswerReader();

  // In normal form.
  std::optional<std::string> Find(std::string_view text, AnswerFilter filter) const;
  // An answer as a data set gives it; nullopt: it is none ("B, C" is no choice, "x" no number).
  std::optional<std::string> Gold(std::string_view answer) const;

 private:
  std::string_view OwnText(std::string_view text) const;
  std::optional<std::string> Strict(std::string_view text) const;
  std::optional<std::string> Flexible(std::string_view text) const;
  std::optional<std::string> AfterMarker(std::string_view text) const;
  std::optional<std::string> LastMatch(std::string_view text) const;
  std::optional<std::string> Normal(std::string_view answer) const;
  bool numeric() const { return settings_.compare == "number"; }

  AnswerSettings settings_;
  std::unique_ptr<re2::RE2> regex_;
};

}  // namespace pgts::task
