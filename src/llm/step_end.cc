// SPDX-License-Identifier: Apache-2.0
#include "llm/step_end.h"

#include <algorithm>

namespace pgts::llm {

bool CompletesStep(std::string_view text, size_t searched, std::string_view separator) {
  if (separator.empty()) return false;
  const size_t first = text.find_first_not_of(" \t\r\n\f\v");
  if (first == std::string_view::npos) return false;
  const size_t overlap = separator.size() - 1;
  const size_t from = std::max(first, searched > overlap ? searched - overlap : 0);
  return text.find(separator, from) != std::string_view::npos;
}

bool CompletesStep(std::string_view text, size_t searched, const SamplingOptions& sampling) {
  return CompletesStep(text, searched, sampling.separator) ||
         std::ranges::any_of(sampling.further_separators, [&](const std::string& separator) {
           return CompletesStep(text, searched, separator);
         });
}

}  // namespace pgts::llm
