// SPDX-License-Identifier: Apache-2.0
#include "report/report_curves.h"

#include <algorithm>
#include <map>
#include <span>
#include <vector>

#include "base/files.h"
#include "report/report_number.h"

namespace pgts::report {
namespace {

bool CountsOn(const std::string& field) { return field == "iteration" || field == "step"; }

// One field over neighbouring records; null where none of them has it as a number.
Json Together(std::span<const Json> records, const std::string& field) {
  double sum = 0, last = 0;
  int count = 0;
  for (const Json& record : records) {
    const auto at = record.find(field);
    if (at == record.end() || !at->is_number()) continue;
    last = at->get<double>();
    sum += last;
    ++count;
  }
  if (count == 0) return nullptr;
  return Rounded(CountsOn(field) ? last : sum / count);
}

Json Columns(std::span<const Json> records, size_t most) {
  const size_t group = (records.size() + most - 1) / most;
  Json columns = Json::object();
  for (const auto& [field, value] : records[0].items()) {
    if (value.is_string()) continue;
    Json& column = columns[field] = Json::array();
    for (size_t begin = 0; begin < records.size(); begin += group) {
      const size_t count = std::min(group, records.size() - begin);
      column.push_back(Together(records.subspan(begin, count), field));
    }
  }
  return columns;
}

}  // namespace

Json ReadCurves(const std::string& path, int most) {
  if (!FileExists(path)) return {};
  std::map<std::string, std::vector<Json>> by_kind;
  for (Json& record : ReadJsonl(path, {.own = true})) {
    if (!record.is_object() || !record.contains("kind")) continue;
    by_kind[record["kind"].get<std::string>()].push_back(std::move(record));
  }
  Json curves;
  for (const auto& [kind, records] : by_kind) {
    curves[kind] = Columns(records, static_cast<size_t>(most));
  }
  return curves;
}

}  // namespace pgts::report
