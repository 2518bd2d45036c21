// SPDX-License-Identifier: Apache-2.0
// LaTeX's "\boxed{...}".
#pragma once

#include <optional>
#include <string_view>

namespace pgts::task {

// What stands in the last box of a text; to the end of its line where its braces do not close
// (within 512 bytes: that bounds the work where a text has very many boxes) or are not there.
std::optional<std::string_view> LastBox(std::string_view text);

}  // namespace pgts::task
