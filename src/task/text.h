// SPDX-License-Identifier: Apache-2.0
// Small views of text that the readers of answers share.
#pragma once

#include <re2/re2.h>
#include <re2/stringpiece.h>

#include <string_view>

namespace pgts::task {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

inline bool IsLetter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }  // of ASCII

// The text up to its first newline.
inline std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

// As RE2 takes it.
inline re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

// Offsets; npos: nowhere.
struct Match {
  size_t begin = std::string_view::npos;
  size_t end = std::string_view::npos;
};

// The first match that begins at `from` or later; with ANCHOR_START, at `from`.
inline Match FirstMatch(std::string_view text, const RE2& pattern, size_t from = 0,
                        RE2::Anchor anchor = RE2::UNANCHORED) {
  re2::StringPiece found;
  if (!pattern.Match(Piece(text), from, text.size(), anchor, &found, 1)) return {};
  const auto begin = static_cast<size_t>(found.data() - text.data());
  return {begin, begin + found.size()};
}

}  // namespace pgts::task
