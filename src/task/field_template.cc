// SPDX-License-Identifier: Apache-2.0
#include "task/field_template.h"

#include <fmt/ranges.h>

#include <vector>

#include "task/data_file.h"

namespace pgts::task {
namespace {

bool IsPlain(const Json& value) { return value.is_string() || value.is_number(); }

std::string PlainText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool IsChoices(const Json& value) {
  if (!value.is_array() || value.empty() || value.size() > 26) return false;
  for (const Json& item : value) {
    if (!IsPlain(item)) return false;
  }
  return true;
}

std::string FieldNames(const Json& record) {
  std::vector<std::string> names;
  for (const auto& [name, value] : record.items()) names.push_back(name);
  return names.empty() ? "{}" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

std::string FieldText(const DataLine& line, const std::string& field) {
  const auto found = line.record.find(field);
  if (found == line.record.end()) {
    line.Fail(fmt::format("no field \"{}\", only {}", field, FieldNames(line.record)));
  }
  if (IsPlain(*found)) return PlainText(*found);
  if (!IsChoices(*found)) {
    line.Fail(
        fmt::format("field \"{}\" is neither text, nor a number, nor 1 to 26 of these", field));
  }
  std::string lines;
  for (size_t i = 0; i < found->size(); ++i) {
    lines += fmt::format("{}{}) {}", i == 0 ? "" : "\n", static_cast<char>('A' + i),
                         PlainText((*found)[i]));
  }
  return lines;
}

std::string FillTemplate(std::string_view pattern, const DataLine& line) {
  std::string text;
  for (;;) {
    const size_t open = pattern.find('{');
    const size_t close = open == pattern.npos ? open : pattern.find('}', open);
    if (close == pattern.npos) return text.append(pattern);
    text += pattern.substr(0, open);
    const std::string field(pattern.substr(open + 1, close - open - 1));
    text += field.empty() ? "{}" : FieldText(line, field);
    pattern.remove_prefix(close + 1);
  }
}

}  // namespace pgts::task
