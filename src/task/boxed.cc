// SPDX-License-Identifier: Apache-2.0
#include "task/boxed.h"

#include <algorithm>

#include "task/text.h"

namespace pgts::task {
namespace {

constexpr size_t kBoxBytes = 512;

// What stands in the braces that open at text[0].
std::string_view Braced(std::string_view text) {
  int depth = 0;
  for (size_t i = 0; i < std::min(text.size(), kBoxBytes); ++i) {
    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    if (depth == 0) return text.substr(1, i - 1);
  }
  return FirstLine(text.substr(1, kBoxBytes));
}

}  // namespace

std::optional<std::string_view> LastBox(std::string_view text) {
  constexpr std::string_view kBox = "\\boxed";
  const size_t at = text.rfind(kBox);
  if (at == text.npos) return std::nullopt;
  std::string_view box = text.substr(at + kBox.size());
  box.remove_prefix(std::min(box.find_first_not_of(" \t"), box.size()));
  return box.starts_with('{') ? Braced(box) : FirstLine(box.substr(0, kBoxBytes));
}

}  // namespace pgts::task
