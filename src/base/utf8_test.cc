// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <gtest/gtest.h>

namespace pgts {
namespace {

void ExpectCharacter(std::string_view text, uint32_t value, size_t bytes) {
  const CodePoint point = DecodeUtf8(text);
  EXPECT_TRUE(point.valid) << text;
  EXPECT_EQ(point.value, value) << text;
  EXPECT_EQ(point.bytes, bytes) << text;
}

void ExpectNone(std::string_view text) {
  const CodePoint point = DecodeUtf8(text);
  EXPECT_FALSE(point.valid);
  EXPECT_EQ(point.value, static_cast<unsigned char>(text[0]));
  EXPECT_EQ(point.bytes, 1u);
}

TEST(Utf8Test, CharactersOfEveryLength) {
  ExpectCharacter("a!", 'a', 1);
  ExpectCharacter("é", 0xE9, 2);
  ExpectCharacter("€5", 0x20AC, 3);
  ExpectCharacter("\xF0\x9F\x99\x82", 0x1F642, 4);
  ExpectCharacter(std::string_view("\0x", 2), 0, 1);
}

TEST(Utf8Test, WhatBeginsNoCharacterIsOneByte) {
  ExpectNone("\x80");              // a byte from within
  ExpectNone("\xC0\x80");          // overlong
  ExpectNone("\xE2\x82");          // cut off
  ExpectNone("\xE2(\xAC");         // broken
  ExpectNone("\xF5\x80\x80\x80");  // beyond Unicode
}

}  // namespace
}  // namespace pgts
