// SPDX-License-Identifier: Apache-2.0
#include "task/own_text.h"

#include <re2/re2.h>

#include "task/text.h"

namespace pgts::task {

namespace {

constexpr std::string_view kThoughtEnd = "</think>";

}  // namespace

std::string_view WithoutThinking(std::string_view text) {
  const size_t at = text.rfind(kThoughtEnd);
  return at == text.npos ? text : text.substr(at + kThoughtEnd.size());
}

bool EndsThinking(std::string_view text) { return text.find(kThoughtEnd) != text.npos; }

std::string_view WithoutNextQuestion(std::string_view text, size_t answered) {
  static const RE2 kQuestion(
      R"((?im)^[ \t#*]*(?:(?:Q|Question|Problem|User|Human|Instruction)\b[ \t]*\d*|Q\d+)"
      R"(|Example[ \t]+\d+)[ \t]*(?:[:.*]|$))"
      R"(|<\|im_start\|>[ \t]*user|<\|user\|>|<start_of_turn>user|\[INST\])"
      R"(|<\|start_header_id\|>user)");
  if (answered == text.npos) return text;
  if (kQuestion.Match(Piece(text), 0, answered, RE2::UNANCHORED, nullptr, 0)) return text;
  return text.substr(0, FirstMatch(text, kQuestion, answered).begin);
}

}  // namespace pgts::task
