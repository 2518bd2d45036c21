// SPDX-License-Identifier: Apache-2.0
// Small views of text that the readers of answers share.
#pragma once

#include <re2/stringpiece.h>

#include <string_view>

namespace pgts::task {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The text up to its first newline.
inline std::string_view FirstLine(std::string_view text) { return text.substr(0, text.find('\n')); }

// As RE2 takes it.
inline re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace pgts::task
