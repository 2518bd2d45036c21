// SPDX-License-Identifier: Apache-2.0
#include "task/fold_text.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/utf8.h"

namespace pgts::task {
namespace {

// Zeros of the scripts' decimal digits (Unicode category Nd); nine more follow each.
constexpr std::array<char32_t, 29> kZeros = {
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6, 0x0C66,
    0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0, 0x1810,
    0x1946, 0x19D0, 0xA8D0, 0xA900, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6};

struct Replacement {
  char32_t code;
  std::string_view text;
};
constexpr std::array<Replacement, 34> kReplacements = {{
    {0x2212, "-"},    {0x2013, "-"},    {0x2010, "-"},    {0x2011, "-"},    {0xFE63, "-"},
    {0x2044, "/"},    {0x2215, "/"},    {0x066B, "."},    {0x066C, ","},    {0x3002, "."},
    {0x2018, "'"},    {0x2019, "'"},    {0x201C, "\""},   {0x201D, "\""},   {0x2026, "..."},
    {0x00BD, " 1/2"}, {0x00BC, " 1/4"}, {0x00BE, " 3/4"}, {0x2153, " 1/3"}, {0x2154, " 2/3"},
    {0x2155, " 1/5"}, {0x2156, " 2/5"}, {0x2157, " 3/5"}, {0x2158, " 4/5"}, {0x2159, " 1/6"},
    {0x215A, " 5/6"}, {0x215B, " 1/8"}, {0x215C, " 3/8"}, {0x215D, " 5/8"}, {0x215E, " 7/8"},
    {0x066A, "%"},    {0x00B7, "×"},    {0x2219, "×"},    {0x22C5, "×"},
}};

// 0: what stands there is no character.
char32_t CodeOf(const CodePoint& character) { return character.valid ? character.value : 0; }

bool IsAsciiDigit(char32_t code) { return code >= '0' && code <= '9'; }

// Digits and full-width forms as ASCII; other characters as they are.
char32_t ToAscii(char32_t code) {
  if (code < 0x80) return code;
  if (code >= 0xFF01 && code <= 0xFF5E) return code - 0xFF01 + '!';
  for (const char32_t zero : kZeros) {
    if (code >= zero && code < zero + 10) return code - zero + '0';
  }
  return code;
}

bool IsInvisible(char32_t code) {
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF || code == 0x00AD || code == 0;
}

bool IsOddSpace(char32_t code) {
  return code == 0x00A0 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x205F ||
         code == 0x3000;
}

bool IsCurrencySign(char32_t code) {
  return code == 0x00A3 || code == 0x00A5 || (code >= 0x20A0 && code <= 0x20CF);
}

bool DigitAt(std::string_view text, size_t at) {
  return at < text.size() && IsAsciiDigit(ToAscii(CodeOf(DecodeUtf8(text.substr(at)))));
}

std::string FoldCharacters(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const CodePoint character = DecodeUtf8(text.substr(at));
    const std::string_view bytes = text.substr(at, character.bytes);
    at += character.bytes;
    const char32_t code = ToAscii(CodeOf(character));
    if (IsInvisible(code) && (code != 0 || bytes[0] == '\0')) continue;
    if (code != 0 && code < 0x80) {
      folded += static_cast<char>(code);
    } else if (IsOddSpace(code)) {
      const bool within = !folded.empty() && IsAsciiDigit(folded.back()) && DigitAt(text, at);
      folded += within ? kThinSpace : ' ';
    } else if (IsCurrencySign(code)) {
      folded += '$';
    } else {
      const auto* const found = std::ranges::find(kReplacements, code, &Replacement::code);
      folded += found != kReplacements.end() ? found->text : bytes;
    }
  }
  return folded;
}

struct Rewriting {
  RE2 pattern;
  const char* with;
};

void FoldLatex(std::string& text) {
  static const Rewriting kRewritings[] = {
      {RE2(R"(\\(?:text)?color\s*\{[^{}]{0,32}\})"), " "},
      {RE2(R"(\\[cdt]?frac\s*\{\s*(-?[\d.,]+)\s*\}\s*\{\s*([\d.,]+)\s*\})"), R"( \1/\2)"},
      {RE2(R"(\\[cdt]?frac\s*(\d)\s*(\d))"), R"( \1/\2)"},
      {RE2(R"(\\(?:text|textbf|textit|emph|underline|mbox|mathrm|mathbf|mathit)\s*\{)"), " {"},
      {RE2(R"(\^\s*\{([^{}]{0,32})\})"), R"(^\1)"},
      {RE2(R"(\^?\s*\\(?:circ|degree))"), "°"},
      {RE2(R"(\\times|\\cdot\b)"), "×"},
      {RE2(R"(\\div)"), "÷"},
      {RE2(R"(\\(?:approx|simeq|sim))"), "≈"},
      {RE2(R"(\\(?:(?:left|right|displaystyle)\b|q?quad))"), " "},
      {RE2(R"((\d)\\,(\d))"), "\\1\x1f\\2"},
      {RE2(R"(\\!)"), ""},
      {RE2(R"(\\[()\[\],;: ])"), " "},
      {RE2(R"(\\([$%#&_]))"), R"(\1)"},
      {RE2(R"(\\n\b)"), "\n"},  // a newline that was escaped twice
      {RE2(R"(\\n([A-Z0-9]))"), "\n\\1"},
  };
  for (const Rewriting& rewriting : kRewritings) {
    RE2::GlobalReplace(&text, rewriting.pattern, rewriting.with);
  }
}

}  // namespace

std::string FoldText(std::string_view text) {
  static const RE2 kLatexComma(R"((\d)\{,\}(\d))");
  static const RE2 kMinusInWords(R"((?i)\b(?:minus|negative)[ \t]+([$.]?\d))");
  static const RE2 kCurrencyCode(R"(\b(?:USD?|EUR|GBP|INR|JPY|CHF|CAD|AUD|Rs\.?|[A-Z]{1,2}\$))"
                                 R"([ \t]*\$?(\.?\d))");
  static const RE2 kHalfInWords(R"((?i)(\d)[ \t]+and[ \t]+a[ \t]+half\b)");
  std::string folded = FoldCharacters(text);
  RE2::GlobalReplace(&folded, kLatexComma, R"(\1,\2)");
  if (folded.find('\\') != std::string::npos) FoldLatex(folded);
  RE2::GlobalReplace(&folded, kMinusInWords, R"(-\1)");
  RE2::GlobalReplace(&folded, kCurrencyCode, R"($\1)");
  RE2::GlobalReplace(&folded, kHalfInWords, R"(\1 1/2)");
  return folded;
}

}  // namespace pgts::task
