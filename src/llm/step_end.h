// SPDX-License-Identifier: Apache-2.0
// Where a step's text ends. The separator counts only after the step's first character that is not
// white space, so that blank lines belong to the step that follows them.
#pragma once

#include <string_view>

#include "llm/generator.h"

namespace pgts::llm {

// True if `text`, the whole step so far, contains the separator after its first character that is
// not white space. `searched`: bytes already known not to complete it (saves searching them again).
bool CompletesStep(std::string_view text, size_t searched, std::string_view separator);

// The same for any of the separators of `sampling`.
bool CompletesStep(std::string_view text, size_t searched, const SamplingOptions& sampling);

}  // namespace pgts::llm
