// SPDX-License-Identifier: Apache-2.0
// One cell of a comparison over budgets: a method at a token budget, with a seed. What a finished
// cell leaves in the output folder is all that the report needs, and enough to go on after a kill:
//
//   cells/<method>_<budget>_<seed>.json    setting, lengths of the stored worlds when it was done,
//                                          one record a problem
//   knobs/<method>_<budget>.json           the setting that validation problems chose, and the same
//                                          lengths
#pragma once

#include <optional>
#include <string>

#include "eval/candidates.h"
#include "eval/results.h"
#include "world/store.h"

namespace pgts::eval {

struct Cell {
  std::string method;
  int64_t budget = 0;  // generated tokens a problem
  int64_t seed = 0;

  std::string Name() const;  // "mcts_200_0"
};

class CellFolder {
 public:
  explicit CellFolder(std::string path) : path_(std::move(path)) {}

  // What is there already; nothing where the cell is not finished.
  std::optional<MethodResult> Load(const Cell& cell) const;
  std::optional<Candidate> LoadKnobs(const Cell& cell) const;
  // Written as a whole or not at all.
  void Save(const Cell& cell, const MethodResult& result, world::StoreLengths store) const;
  void SaveKnobs(const Cell& cell, const Candidate& candidate, world::StoreLengths store) const;

  // The stored worlds when the latest part was finished: what a kill left behind it is cut, so that
  // the next cell meets what it would have met. Zeros where nothing is finished.
  world::StoreLengths LatestStore() const;

  std::string World() const { return path_ + "/world"; }

 private:
  std::string CellFile(const Cell& cell) const;
  std::string KnobsFile(const Cell& cell) const;

  std::string path_;
};

}  // namespace pgts::eval
