// SPDX-License-Identifier: Apache-2.0
// What a comparison has walked already, in its output folder: all that its tables need, and enough
// to go on after a kill.
//
//   tuning/<method>.json                          what each setting at each cap came to on
//                                                 validation problems
//   cells/<method>_<setting>_<cap>_<seed>.json    a setting at a cap on the problems of the table
//
// Each of them also holds the lengths of the stored worlds when it was done.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/results.h"
#include "eval/tuning.h"
#include "search/methods.h"
#include "world/store.h"

namespace pgts::eval {

// A setting of a method at a cap, with the seed that names worlds and draws.
struct Cell {
  const search::Method& method;
  Option option;
  int64_t seed = 0;

  const search::Setting& setting() const { return method.candidates[option.candidate]; }
  std::string Name() const;  // "mcts_exploration=0_branching=2_200_0"
};

// Without a path nothing is kept.
class CellFolder {
 public:
  explicit CellFolder(std::string path = "") : path_(std::move(path)) {}

  bool keeps() const { return !path_.empty(); }
  // What is there already; nothing where the cell is not finished.
  std::optional<MethodResult> Load(const Cell& cell) const;
  // Written as a whole or not at all.
  void Save(const Cell& cell, const MethodResult& result, world::StoreLengths store) const;

  // What was tried of the method, in that order; settings that it no longer has are left out.
  std::vector<Tried> LoadTuning(const search::Method& method) const;
  void SaveTuning(const search::Method& method, std::span<const Tried> all,
                  world::StoreLengths store) const;

  // The stored worlds when the latest part was finished: what a kill left behind it is cut, so that
  // the next part meets what it would have met. Zeros where nothing is finished.
  world::StoreLengths LatestStore() const;

  std::string World() const { return path_ + "/world"; }

 private:
  std::string CellFile(const Cell& cell) const;
  std::string TuningFile(const search::Method& method) const;

  std::string path_;
};

}  // namespace pgts::eval
