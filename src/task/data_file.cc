// SPDX-License-Identifier: Apache-2.0
#include "task/data_file.h"

#include <fmt/format.h>

#include "base/error.h"

namespace pgts::task {
namespace {

JsonlReader Open(const std::string& path, std::string_view cure) {
  try {
    return JsonlReader(path);
  } catch (const Error& error) {
    throw Error::Format("{}; {}", error.what(), cure);
  }
}

}  // namespace

std::string DataLine::Text(const std::string& field) const {
  const auto found = record.find(field);
  if (found == record.end()) Fail(fmt::format("no field \"{}\"", field));
  if (!found->is_string()) Fail(fmt::format("field \"{}\" is not a string", field));
  return found->get<std::string>();
}

void DataLine::Fail(std::string_view what) const {
  throw Error::Format("{}:{}: {}; mend or remove this line", path, number, what);
}

std::vector<Problem> ReadDataFile(const std::string& path, std::string_view cure,
                                  const std::function<Problem(const DataLine&)>& read) {
  JsonlReader reader = Open(path, cure);
  std::vector<Problem> problems;
  while (const std::optional<Json> record = reader.Next()) {
    const DataLine line{path, reader.line(), *record};
    if (!record->is_object()) {
      line.Fail(fmt::format("a JSON {} where an object was expected", record->type_name()));
    }
    problems.push_back(read(line));
  }
  if (problems.empty()) throw Error::Format("{} holds no problems; {}", path, cure);
  return problems;
}

}  // namespace pgts::task
