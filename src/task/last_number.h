// SPDX-License-Identifier: Apache-2.0
// The last number of a folded text that says nowhere what its answer is.
//
// The numbers of steps ("Step 2:") and list items ("2. ...") are labels. A date or a clock time is
// no number; one that comes last leaves no answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgts::task {

std::optional<std::string> LastNumber(std::string_view text);

}  // namespace pgts::task
