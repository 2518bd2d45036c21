// SPDX-License-Identifier: Apache-2.0
#include "world/grown_by.h"

#include <algorithm>

#include "base/error.h"
#include "base/jsonl.h"

namespace pgts::world {
namespace {

std::string FileIn(const std::string& folder) { return folder + "/worlds.json"; }

void Write(const std::string& folder, const GrownBy& grown) {
  Json generators = Json::array(), scorers = Json::array();
  for (const GrownBy::Generator& generator : grown.generators) {
    generators.push_back({{"file", generator.file},
                          {"hash", generator.identity.file_hash},
                          {"context", generator.identity.context},
                          {"parameters", generator.parameters}});
  }
  for (const GrownBy::Scorer& scorer : grown.scorers) {
    scorers.push_back({{"hash", scorer.hash}, {"parameters", scorer.parameters}});
  }
  WriteFileAtomic(FileIn(folder),
                  JsonPretty({{"generators", generators}, {"scorers", scorers}}) + "\n");
}

GrownBy Parse(const Json& json) {
  GrownBy grown;
  for (const Json& item : json.at("generators")) {
    grown.generators.push_back(
        {.file = item.at("file"),
         .identity = {.file_hash = item.at("hash"), .context = item.at("context")},
         .parameters = item.at("parameters")});
  }
  for (const Json& item : json.at("scorers")) {
    grown.scorers.push_back({.hash = item.at("hash"), .parameters = item.at("parameters")});
  }
  return grown;
}

}  // namespace

GrownBy ReadGrownBy(const std::string& folder) {
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

void NoteGenerator(const std::string& folder, const GrownBy::Generator& generator) {
  GrownBy grown = ReadGrownBy(folder);
  const bool known = std::ranges::any_of(grown.generators, [&](const GrownBy::Generator& other) {
    return other.file == generator.file &&
           other.identity.file_hash == generator.identity.file_hash &&
           other.identity.context == generator.identity.context;
  });
  if (known) return;
  grown.generators.push_back(generator);
  Write(folder, grown);
}

void NoteScorer(const std::string& folder, const GrownBy::Scorer& scorer) {
  GrownBy grown = ReadGrownBy(folder);
  if (std::ranges::count(grown.scorers, scorer.hash, &GrownBy::Scorer::hash) > 0) return;
  grown.scorers.push_back(scorer);
  Write(folder, grown);
}

std::string StoredFolder(const std::string& name) {
  constexpr std::string_view kPrefix = "stored:";
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : "";
}

}  // namespace pgts::world
