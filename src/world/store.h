// SPDX-License-Identifier: Apache-2.0
// Grown worlds on disk: two append-only files in one folder.
//
//   steps.bin   head:  world, 2, name (settings, prompt, epoch, problem), prompt tokens; before its
//                      first step, and again under each further name
//               step:  world, 1, path of attempts, tokens, text, log-probability, end, generated,
//                      draw_log_probs where siblings are distinct (then 3 in place of 1), seconds
//               Folders with heads of kind 0, whose names leave out the prompt, are refused.
//   scores.bin  world, length of steps.bin when it was written, path, scorer, score, seconds
//
// One writer (a lock file). A torn last record is cut, and with it the scores of steps that never
// reached the disk. In memory: for each world the places of its records; a world's records are read
// when it opens. Scores stand apart because each scorer with its calibration has its own.
//
// Belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/files.h"
#include "world/indexed_file.h"
#include "world/world.h"

namespace pgts::world {

// What a world is called by those who have no model at hand, hence no tokens of its prompt.
struct WorldName {
  uint64_t settings = 0;  // SettingsKey() (world/world_source.h)
  uint64_t prompt = 0;    // PromptKey() (the same)
  int epoch = 0;
  std::string problem;  // its id

  uint64_t Hash() const;
};

struct StoredStep {
  std::vector<int> path;  // attempt indices from the root; not empty
  RawStep raw;
};

struct StoredScore {
  std::vector<int> path;
  uint64_t scorer = 0;
  float score = 0;
  double seconds = 0;
};

// Lengths of the two files: what a resume state records.
struct StoreLengths {
  int64_t steps = 0;
  int64_t scores = 0;
};

class Store {
 public:
  // Opens or creates the folder as its one writer. `keep` cuts what was written after it.
  explicit Store(const std::string& folder, std::optional<StoreLengths> keep = std::nullopt);
  // Reads a folder that exists, beside its writer or not; writing is a std::logic_error.
  static std::unique_ptr<Store> OpenForReading(const std::string& folder);

  // Names a world; does nothing where the name is known.
  void WriteHead(WorldId world, const WorldName& name, const std::vector<llm::Token>& prompt);
  void Write(WorldId world, const StoredStep& step);
  void Write(WorldId world, const StoredScore& score);

  // In the order in which they were written: parents come before their children.
  std::vector<StoredStep> Steps(WorldId world);
  std::vector<StoredScore> Scores(WorldId world);

  std::optional<WorldId> Find(const WorldName& name) const;
  std::vector<llm::Token> Prompt(WorldId world);

  StoreLengths lengths() const { return {steps_.length(), scores_.length()}; }
  void Sync();
  const std::string& folder() const { return folder_; }

 private:
  struct ReadOnly {};
  Store(const std::string& folder, ReadOnly);

  std::string folder_;
  std::optional<FileLock> lock_;
  std::unordered_map<WorldId, int64_t> heads_;     // offset of its head record
  std::unordered_map<uint64_t, WorldId> by_name_;  // WorldName::Hash() to the world
  IndexedFile steps_;
  IndexedFile scores_;
};

}  // namespace pgts::world
