// SPDX-License-Identifier: Apache-2.0
#include "world/provenance.h"

#include <algorithm>

#include "base/error.h"
#include "base/jsonl.h"

namespace pgts::world {
namespace {

std::string FileIn(const std::string& folder) { return folder + "/worlds.json"; }

void Write(const std::string& folder, const Provenance& provenance) {
  Json generators = Json::array(), scorers = Json::array();
  for (const GeneratorRecord& generator : provenance.generators) {
    generators.push_back({{"file", generator.file},
                          {"hash", generator.identity.file_hash},
                          {"context", generator.identity.context},
                          {"parameters", generator.parameters}});
  }
  for (const ScorerRecord& scorer : provenance.scorers) {
    scorers.push_back({{"hash", scorer.hash}, {"parameters", scorer.parameters}});
  }
  WriteFileAtomic(FileIn(folder),
                  JsonPretty({{"generators", generators}, {"scorers", scorers}}) + "\n");
}

Provenance Parse(const Json& json) {
  Provenance provenance;
  for (const Json& item : json.at("generators")) {
    provenance.generators.push_back(
        {.file = item.at("file"),
         .identity = {.file_hash = item.at("hash"), .context = item.at("context")},
         .parameters = item.at("parameters")});
  }
  for (const Json& item : json.at("scorers")) {
    provenance.scorers.push_back({.hash = item.at("hash"), .parameters = item.at("parameters")});
  }
  return provenance;
}

}  // namespace

Provenance ReadProvenance(const std::string& folder) {
  if (!FileExists(FileIn(folder))) return {};
  try {
    return Parse(ReadJsonFile(FileIn(folder)));
  } catch (const Json::exception& error) {
    throw Error::Format(
        "{}: not what a run writes ({}); remove it, and the next run that grows "
        "worlds there writes it anew",
        FileIn(folder), error.what());
  }
}

void Record(const std::string& folder, const GeneratorRecord& generator) {
  Provenance provenance = ReadProvenance(folder);
  const bool known = std::ranges::any_of(provenance.generators, [&](const GeneratorRecord& other) {
    return other.file == generator.file && other.identity == generator.identity;
  });
  if (known) return;
  provenance.generators.push_back(generator);
  Write(folder, provenance);
}

void Record(const std::string& folder, const ScorerRecord& scorer) {
  Provenance provenance = ReadProvenance(folder);
  if (std::ranges::count(provenance.scorers, scorer.hash, &ScorerRecord::hash) > 0) return;
  provenance.scorers.push_back(scorer);
  Write(folder, provenance);
}

std::string StoredFolder(const std::string& name) {
  constexpr std::string_view kPrefix = "stored:";
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : "";
}

}  // namespace pgts::world
