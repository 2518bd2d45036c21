// SPDX-License-Identifier: Apache-2.0
// Grown worlds on disk: two append-only files in one folder.
//
//   steps.bin   world, path of attempts, tokens, text, log-probability, end, seconds
//   scores.bin  world, path of attempts, scorer, score, seconds
//
// One writer (a lock file); a torn last record is cut. In memory: for each world the places of its
// records. Reading a world reads them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/binary.h"
#include "base/files.h"
#include "world/world.h"

namespace pgts::world {

struct StoredStep {
  std::vector<int> path;
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
  // Opens or creates the folder. `keep` cuts what was written after it.
  explicit Store(const std::string& folder, std::optional<StoreLengths> keep = std::nullopt);

  void Write(WorldId world, const StoredStep& step);
  void Write(WorldId world, const StoredScore& score);
  // In the order in which they were written: parents come before their children.
  std::vector<StoredStep> Steps(WorldId world);
  std::vector<StoredScore> Scores(WorldId world);

  StoreLengths lengths() const { return {steps_.writer.length(), scores_.writer.length()}; }
  void Sync();
  int64_t worlds() const { return static_cast<int64_t>(steps_.places.size()); }

 private:
  struct File {
    explicit File(const std::string& path, std::optional<int64_t> keep);
    // The payloads of a world's records.
    std::vector<std::string> Read(WorldId world);
    void Append(WorldId world, const RecordBuilder& record);

    std::string path;
    std::unordered_map<WorldId, std::vector<int64_t>> places;  // offsets of records
    RecordWriter writer;
  };

  FileLock lock_;
  File steps_;
  File scores_;
};

}  // namespace pgts::world
