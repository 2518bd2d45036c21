// SPDX-License-Identifier: Apache-2.0
#include "world/store.h"

#include <utility>

#include "base/error.h"
#include "base/random.h"

namespace pgts::world {
namespace {

enum RecordKind : uint8_t { kHeadWithoutPrompt = 0, kStep = 1, kHead = 2, kDistinctStep = 3 };

std::string Made(const std::string& folder) {
  MakeWritableDirectory(folder);
  return folder;
}

std::string StepsFile(const std::string& folder) { return folder + "/steps.bin"; }
std::string ScoresFile(const std::string& folder) { return folder + "/scores.bin"; }

// A head record behind its world and kind.
WorldName ParseName(RecordParser& parser) {
  WorldName name{.settings = parser.Get<uint64_t>(),
                 .prompt = parser.Get<uint64_t>(),
                 .epoch = parser.Get<int32_t>()};
  name.problem = parser.GetString();
  return name;
}

// Remembers the heads of steps.bin.
RecordVisitor NoteHeads(std::unordered_map<WorldId, int64_t>& heads,
                        std::unordered_map<uint64_t, WorldId>& by_name, const std::string& path) {
  return [&heads, &by_name, path](std::string_view payload, int64_t offset) {
    RecordParser parser(payload, path);
    const auto world = parser.Get<WorldId>();
    const auto kind = parser.Get<uint8_t>();
    if (kind == kHeadWithoutPrompt) {
      throw Error::Format(
          "{}: written by an earlier version, which did not record the prompts of worlds; grow "
          "them anew in another folder",
          path);
    }
    if (kind != kHead) return true;
    heads[world] = offset;
    by_name.try_emplace(ParseName(parser).Hash(), world);
    return true;
  };
}

// Scores of steps that never reached the disk end the file: those steps will be written anew.
RecordVisitor StopAfter(const IndexedFile& steps, const std::string& path) {
  return [&steps, path](std::string_view payload, int64_t) {
    RecordParser parser(payload, path);
    parser.Get<WorldId>();
    return parser.Get<int64_t>() <= steps.length();
  };
}

StoredStep ParseStep(RecordParser& parser, bool distinct) {
  StoredStep step{.path = parser.GetList<int>()};
  step.raw.tokens = parser.GetList<llm::Token>();
  step.raw.text = parser.GetString();
  step.raw.log_prob = parser.Get<double>();
  step.raw.end = static_cast<llm::StepEnd>(parser.Get<uint8_t>());
  step.raw.generated = parser.Get<int32_t>();
  if (distinct) step.raw.draw_log_probs = parser.GetList<float>();
  step.raw.seconds = parser.Get<double>();
  return step;
}

}  // namespace

uint64_t WorldName::Hash() const {
  return Key("world-name")
      .With(settings)
      .With(prompt)
      .With(static_cast<uint64_t>(epoch))
      .With(problem)
      .value();
}

Store::Store(const std::string& folder, std::optional<StoreLengths> keep)
    : folder_(Made(folder)),
      lock_(folder + "/lock"),
      steps_({.path = StepsFile(folder),
              .keep = keep ? std::optional(keep->steps) : std::nullopt,
              .visit = NoteHeads(heads_, by_name_, StepsFile(folder))}),
      scores_({.path = ScoresFile(folder),
               .keep = keep ? std::optional(keep->scores) : std::nullopt,
               .visit = StopAfter(steps_, ScoresFile(folder))}) {}

Store::Store(const std::string& folder, ReadOnly)
    : folder_(folder),
      steps_({.path = StepsFile(folder),
              .writable = false,
              .visit = NoteHeads(heads_, by_name_, StepsFile(folder))}),
      scores_({.path = ScoresFile(folder),
               .writable = false,
               .visit = StopAfter(steps_, ScoresFile(folder))}) {}

std::unique_ptr<Store> Store::OpenForReading(const std::string& folder) {
  if (!FileExists(StepsFile(folder))) {
    throw Error::Format(
        "{}: no stored worlds here (steps.bin is missing); a run keeps them in its "
        "folder world/",
        folder);
  }
  return std::unique_ptr<Store>(new Store(folder, ReadOnly{}));
}

void Store::WriteHead(WorldId world, const WorldName& name, const std::vector<llm::Token>& prompt) {
  if (!by_name_.try_emplace(name.Hash(), world).second) return;
  RecordBuilder record;
  record.Put(world).Put<uint8_t>(kHead).Put(name.settings).Put(name.prompt);
  record.Put(static_cast<int32_t>(name.epoch)).PutString(name.problem).PutList(prompt);
  heads_[world] = steps_.Append(world, record);
}

void Store::Write(WorldId world, const StoredStep& step) {
  RecordBuilder record;
  const bool distinct = !step.raw.draw_log_probs.empty();
  record.Put(world)
      .Put<uint8_t>(distinct ? kDistinctStep : kStep)
      .PutList(step.path)
      .PutList(step.raw.tokens);
  record.PutString(step.raw.text).Put(step.raw.log_prob).Put(static_cast<uint8_t>(step.raw.end));
  record.Put(static_cast<int32_t>(step.raw.generated));
  if (distinct) record.PutList(step.raw.draw_log_probs);
  record.Put(step.raw.seconds);
  steps_.Append(world, record);
}

void Store::Write(WorldId world, const StoredScore& score) {
  RecordBuilder record;
  record.Put(world).Put(steps_.length()).PutList(score.path).Put(score.scorer);
  record.Put(score.score).Put(score.seconds);
  scores_.Append(world, record);
}

std::vector<StoredStep> Store::Steps(WorldId world) {
  std::vector<StoredStep> steps;
  for (const std::string& payload : steps_.Read(world)) {
    RecordParser parser(payload, steps_.path());
    parser.Get<WorldId>();
    const auto kind = parser.Get<uint8_t>();
    if (kind == kHead) continue;
    steps.push_back(ParseStep(parser, /*distinct=*/kind == kDistinctStep));
  }
  return steps;
}

std::vector<StoredScore> Store::Scores(WorldId world) {
  std::vector<StoredScore> scores;
  for (const std::string& payload : scores_.Read(world)) {
    RecordParser parser(payload, scores_.path());
    parser.Get<WorldId>();
    parser.Get<int64_t>();
    StoredScore score{.path = parser.GetList<int>()};
    score.scorer = parser.Get<uint64_t>();
    score.score = parser.Get<float>();
    score.seconds = parser.Get<double>();
    scores.push_back(std::move(score));
  }
  return scores;
}

std::optional<WorldId> Store::Find(const WorldName& name) const {
  const auto found = by_name_.find(name.Hash());
  if (found == by_name_.end()) return std::nullopt;
  return found->second;
}

std::vector<llm::Token> Store::Prompt(WorldId world) {
  const auto found = heads_.find(world);
  if (found == heads_.end()) return {};
  const std::string payload = steps_.ReadAt(found->second);
  RecordParser parser(payload, steps_.path());
  parser.Get<WorldId>();
  parser.Get<uint8_t>();
  ParseName(parser);
  return parser.GetList<llm::Token>();
}

void Store::Sync() {
  steps_.Sync();
  scores_.Sync();
}

}  // namespace pgts::world
