// SPDX-License-Identifier: Apache-2.0
#include "eval/cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/files.h"

namespace pgts::eval {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<const char*, std::string ProblemRecord::*> kTexts[] = {
    {"answer", &ProblemRecord::answer},
    {"flexible_answer", &ProblemRecord::flexible_answer},
    {"gold", &ProblemRecord::gold},
    {"text", &ProblemRecord::text}};

Json ToJson(const ProblemRecord& record) {
  Json json = {{"problem", record.problem}};
  for (const auto& [name, field] : kRecordNumbers) json[name] = record.*field;
  for (const auto& [name, field] : kTexts) json[name] = record.*field;
  return json;
}

ProblemRecord FromJson(const Json& json) {
  ProblemRecord record{.problem = json.at("problem")};
  for (const auto& [name, field] : kRecordNumbers) record.*field = json.at(name);
  for (const auto& [name, field] : kTexts) record.*field = json.at(name);
  return record;
}

Json ToJson(const world::StoreLengths& store) {
  return {{"steps", store.steps}, {"scores", store.scores}};
}

// What `read` makes of a file of ours; Error naming the file where it is damaged.
template <class Read>
auto ReadPart(const std::string& path, Read read) {
  try {
    return read(ReadJsonFile(path));
  } catch (const Json::exception&) {
    throw Error::Format("{} is damaged: remove it, and it will be made again", path);
  }
}

}  // namespace

std::string Cell::Name() const { return fmt::format("{}_{}_{}", method, budget, seed); }

std::string CellFolder::CellFile(const Cell& cell) const {
  return fmt::format("{}/cells/{}.json", path_, cell.Name());
}

std::string CellFolder::KnobsFile(const Cell& cell) const {
  return fmt::format("{}/knobs/{}_{}.json", path_, cell.method, cell.budget);
}

std::optional<MethodResult> CellFolder::Load(const Cell& cell) const {
  const std::string path = CellFile(cell);
  if (!FileExists(path)) return std::nullopt;
  return ReadPart(path, [&](const Json& json) {
    MethodResult result{.method = cell.method, .setting = json.at("setting")};
    for (const Json& record : json.at("records")) result.records.push_back(FromJson(record));
    return result;
  });
}

std::optional<Candidate> CellFolder::LoadKnobs(const Cell& cell) const {
  const std::string path = KnobsFile(cell);
  if (!FileExists(path)) return std::nullopt;
  return ReadPart(path, [](const Json& json) {
    return Candidate{.knobs = json.at("knobs"), .bounded_nodes = json.at("bounded_nodes")};
  });
}

void CellFolder::Save(const Cell& cell, const MethodResult& result,
                      world::StoreLengths store) const {
  Json records = Json::array();
  for (const ProblemRecord& record : result.records) records.push_back(ToJson(record));
  const Json json = {{"setting", result.setting}, {"store", ToJson(store)}, {"records", records}};
  WriteFileAtomic(CellFile(cell), JsonText(json) + "\n");
}

void CellFolder::SaveKnobs(const Cell& cell, const Candidate& candidate,
                           world::StoreLengths store) const {
  WriteFileAtomic(KnobsFile(cell), JsonText({{"knobs", candidate.knobs},
                                             {"bounded_nodes", candidate.bounded_nodes},
                                             {"store", ToJson(store)}}) +
                                       "\n");
}

world::StoreLengths CellFolder::LatestStore() const {
  world::StoreLengths latest;
  for (const char* part : {"cells", "knobs"}) {
    const fs::path folder = fs::path(path_) / part;
    if (!fs::exists(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() != ".json") continue;
      const world::StoreLengths store = ReadPart(entry.path().string(), [](const Json& json) {
        const Json& lengths = json.at("store");
        return world::StoreLengths{.steps = lengths.at("steps"), .scores = lengths.at("scores")};
      });
      latest.steps = std::max(latest.steps, store.steps);
      latest.scores = std::max(latest.scores, store.scores);
    }
  }
  return latest;
}

}  // namespace pgts::eval
