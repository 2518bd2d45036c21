// SPDX-License-Identifier: Apache-2.0
// One option's value: where it is kept, what it may be, and its text. Used by base/options.h.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pgts {

// min and max are inclusive, `above` excludes its bound; all hold for numbers and for each element
// of a list of numbers. Choices hold for text and for each element of a list of text; empty: any.
struct OptionSpec {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  double above = -std::numeric_limits<double>::infinity();
  std::vector<std::string> choices = {};
  std::string unit = "";
  std::string help = "";
};

using OptionField =
    std::variant<int*, int64_t*, double*, float*, bool*, std::string*, std::vector<int>*,
                 std::vector<double>*, std::vector<std::string>*>;

// Names the option in errors: "config/a.yaml:7" and "search.max_nodes".
struct OptionPlace {
  std::string source;
  std::string key;
};

// Parses and stores. Text for a list is `a,b,c` or `[a, b, c]`: an item that holds a comma can only
// be one of `items`. Error, with the field unchanged, on a wrong type or a value that the spec does
// not allow.
void AssignText(const OptionField& field, const OptionSpec& spec, std::string_view text,
                const OptionPlace& place);
void AssignItems(const OptionField& field, const OptionSpec& spec,
                 const std::vector<std::string>& items, const OptionPlace& place);

bool IsList(const OptionField& field);
std::string TypeName(const OptionField& field);   // "whole number", "list of numbers", ...
std::string AllowedText(const OptionSpec& spec);  // "1 to 1000 steps", "best or last"; may be empty
std::string FieldYaml(const OptionField& field);  // one line of YAML that reads back the same

}  // namespace pgts
