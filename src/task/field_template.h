// SPDX-License-Identifier: Apache-2.0
// How one line of a user's data becomes a question: "{question}\n{choices}".
#pragma once

#include <string>
#include <string_view>

namespace pgts::task {

struct DataLine;

// The text of a field: a string as it is, a number as JSON writes it, a list of them as lines
// "A) ...", "B) ...". Error with the line for a missing field and for any other value.
std::string FieldText(const DataLine& line, const std::string& field);

// `pattern` with FieldText for each "{field}". A brace without its pair is text, and
// so is "{}", as in \boxed{}.
std::string FillTemplate(std::string_view pattern, const DataLine& line);

}  // namespace pgts::task
