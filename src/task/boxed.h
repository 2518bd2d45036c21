// SPDX-License-Identifier: Apache-2.0
// LaTeX's "\boxed{...}".
#pragma once

#include <optional>
#include <string_view>

namespace pgts::task {

// What stands in the last box of a text; nullopt: there is no box. Where its braces are missing or
// do not close within 512 bytes, that is the rest of its line, up to 512 bytes; the limit bounds
// the work in texts with very many boxes.
std::optional<std::string_view> LastBox(std::string_view text);

}  // namespace pgts::task
