// SPDX-License-Identifier: Apache-2.0
#include "task/stated_answer.h"

#include <re2/re2.h>

#include <string>
#include <vector>

#include "task/text.h"

namespace pgts::task {
namespace {

using Kind = PlaceReading::Kind;

// What is read of a statement. Bounds the work where a text has very many of them.
constexpr size_t kStatementBytes = 512;

// All that says that a number is the answer, up to that number.
constexpr std::string_view kSays =
    R"((?im)(?:(?:^|[^\pL\d\s])[ \t]*)"
    R"((?:(?:so|thus|hence|therefore|and|the|my|our|your|final|correct|right)[,_ \t]+)*)"
    R"(answers?["'*_]*(?:[ \t]*[:=>]|[ \t]+[-—][ \t]))"
    R"(|\banswers?(?:[ \t]+(?:to|for)\b[^.:=?!\n]{0,60})?[ \t]+)"
    R"((?:is|are|was|would be|should be|will be|equals|comes to)\b)"
    R"(|^[ \t*#]*A:))"
    R"([ \t*:=("'>\\_]*)"
    R"((?:(?:approximately|about|around|roughly|exactly|therefore|thus|then|now|simply|only|just)"
    R"(|equal to|between|from|either)[ \t]+[*_"'(]*)*)";

std::vector<size_t> EndsOfStatements(std::string_view text) {
  static const RE2 kStatement{std::string(kSays)};
  std::vector<size_t> ends;
  for (Match match = FirstMatch(text, kStatement); match.end != text.npos;) {
    ends.push_back(match.end);
    match = FirstMatch(text, kStatement, match.end);
  }
  return ends;
}

// "1. Count the eggs ...\n2. Multiply ..."
bool IsList(std::string_view text) {
  static const RE2 kList(R"((?m)^1[.)][ \t](?s:.*?)^[ \t*]*2[.)])");
  return FirstMatch(text, kList, 0, RE2::ANCHOR_START).begin == 0;
}

}  // namespace

PlaceReading LastStated(std::string_view text) {
  const std::vector<size_t> ends = EndsOfStatements(text);
  const size_t last_equation = text.rfind('=');
  for (size_t i = ends.size(); i-- > 0;) {
    const std::string_view said = text.substr(ends[i], kStatementBytes);
    PlaceReading reading = ReadPlace(FirstLine(said), PlaceKind::kSentence);
    if (reading.kind == Kind::kNothing || IsList(said)) continue;
    const bool more_work = last_equation != text.npos && last_equation >= ends[i] + reading.length;
    if (reading.in_form || !more_work) return reading;
  }
  return {};
}

size_t EndOfFirstStated(std::string_view text) {
  static const RE2 kNumber(std::string(kSays) + R"([-+$~≈.]*\d)");
  return FirstMatch(text, kNumber).end;
}

}  // namespace pgts::task
