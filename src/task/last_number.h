// SPDX-License-Identifier: Apache-2.0
// The last number of a folded text, for texts that state no answer.
//
// Not read are the numbers of steps ("Step 2:"), items and headings ("2. ..."), names and units
// ("CO2", "cm^2"), dates and clock times. A calculation that nobody carried out ("10-3", "5-6") has
// no number, and where it comes last there is no answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgts::task {

std::optional<std::string> LastNumber(std::string_view text);

}  // namespace pgts::task
