// SPDX-License-Identifier: Apache-2.0
#include "world/store.h"

#include <fstream>
#include <utility>

#include "base/log.h"

namespace pgts::world {
namespace {

std::string MakeFolder(const std::string& folder) {
  MakeWritableDirectory(folder);
  return folder;
}

using Places = std::unordered_map<WorldId, std::vector<int64_t>>;

// Reads the world of every whole record up to `keep` and says where the file is to be cut.
int64_t Index(const std::string& path, std::optional<int64_t> keep, Places& places) {
  RecordReader reader(path);
  while (!keep || reader.whole_length() < *keep) {
    const auto payload = reader.Next();
    if (!payload) break;
    places[RecordParser(*payload, path).Get<WorldId>()].push_back(reader.offset());
  }
  if (keep && reader.whole_length() != *keep) {
    throw Error::Format("{}: holds {} bytes of whole records, the resume state expects {}; "
                        "start again with another --output-dir", path, reader.whole_length(), *keep);
  }
  if (reader.torn()) Info("{}: cut a record that was being written when the last run ended", path);
  return reader.whole_length();
}

}  // namespace

Store::File::File(const std::string& file, std::optional<int64_t> keep)
    : path(file), writer(file, Index(file, keep, places)) {}

void Store::File::Append(WorldId world, const RecordBuilder& record) {
  places[world].push_back(writer.Append(record.bytes()));
}

std::vector<std::string> Store::File::Read(WorldId world) {
  std::vector<std::string> payloads;
  const auto found = places.find(world);
  if (found == places.end()) return payloads;
  writer.Flush();
  std::ifstream stream(path, std::ios::binary);
  for (int64_t offset : found->second) {
    uint32_t length = 0, checksum = 0;
    stream.seekg(offset);
    stream.read(reinterpret_cast<char*>(&length), sizeof(length));
    stream.read(reinterpret_cast<char*>(&checksum), sizeof(checksum));
    std::string payload(length, '\0');
    stream.read(payload.data(), length);
    if (!stream) throw Error::Format("{}: cannot read the record at byte {}", path, offset);
    payloads.push_back(std::move(payload));
  }
  return payloads;
}

Store::Store(const std::string& folder, std::optional<StoreLengths> keep)
    : lock_(MakeFolder(folder) + "/lock"),
      steps_(folder + "/steps.bin", keep ? std::optional(keep->steps) : std::nullopt),
      scores_(folder + "/scores.bin", keep ? std::optional(keep->scores) : std::nullopt) {}

void Store::Write(WorldId world, const StoredStep& step) {
  RecordBuilder record;
  record.Put(world).PutList(step.path).PutList(step.raw.tokens).PutString(step.raw.text);
  record.Put(step.raw.log_prob).Put(static_cast<uint8_t>(step.raw.end));
  record.Put(static_cast<int32_t>(step.raw.generated)).Put(step.raw.seconds);
  steps_.Append(world, record);
}

void Store::Write(WorldId world, const StoredScore& score) {
  RecordBuilder record;
  record.Put(world).PutList(score.path).Put(score.scorer).Put(score.score).Put(score.seconds);
  scores_.Append(world, record);
}

std::vector<StoredStep> Store::Steps(WorldId world) {
  std::vector<StoredStep> steps;
  for (const std::string& payload : steps_.Read(world)) {
    RecordParser parser(payload, steps_.path);
    parser.Get<WorldId>();
    StoredStep step{.path = parser.GetList<int>()};
    step.raw.tokens = parser.GetList<llm::Token>();
    step.raw.text = parser.GetString();
    step.raw.log_prob = parser.Get<double>();
    step.raw.end = static_cast<llm::StepEnd>(parser.Get<uint8_t>());
    step.raw.generated = parser.Get<int32_t>();
    step.raw.seconds = parser.Get<double>();
    steps.push_back(std::move(step));
  }
  return steps;
}

std::vector<StoredScore> Store::Scores(WorldId world) {
  std::vector<StoredScore> scores;
  for (const std::string& payload : scores_.Read(world)) {
    RecordParser parser(payload, scores_.path);
    parser.Get<WorldId>();
    StoredScore score{.path = parser.GetList<int>()};
    score.scorer = parser.Get<uint64_t>();
    score.score = parser.Get<float>();
    score.seconds = parser.Get<double>();
    scores.push_back(std::move(score));
  }
  return scores;
}

void Store::Sync() {
  steps_.writer.Sync();
  scores_.writer.Sync();
}

}  // namespace pgts::world
