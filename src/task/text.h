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

// The offset after the first match; npos: there is none.
inline size_t EndOfFirst(std::string_view text, const RE2& pattern) {
  re2::StringPiece found;
  if (!pattern.Match(Piece(text), 0, text.size(), RE2::UNANCHORED, &found, 1)) return text.npos;
  return static_cast<size_t>(found.data() + found.size() - text.data());
}

}  // namespace pgts::task
