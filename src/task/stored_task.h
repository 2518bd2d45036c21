// SPDX-License-Identifier: Apache-2.0
// A task whose problems were read from files and are all in memory.
#pragma once

#include <array>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "task/task.h"

namespace pgts::task {

class StoredTask : public Task {
 public:
  std::string_view name() const override { return name_; }
  int64_t Size(Split split) const override;
  Problem Get(Split split, int64_t index) const override;

 protected:
  explicit StoredTask(std::string name, std::string_view separator = kNewline)
      : Task(separator), name_(std::move(name)) {}

  // A constructor fills these, then calls SetPlaces.
  std::vector<Problem>& Problems(Split split) { return problems_[static_cast<size_t>(split)]; }
  // Makes the last `count` training problems the validation problems.
  void TakeValidationFromTrain(int64_t count);
  // Problem::index, and Problem::id as "<name>/<split>/<index>".
  void SetPlaces();

 private:
  std::string name_;
  std::array<std::vector<Problem>, std::size(kAllSplits)> problems_;  // by Split
};

}  // namespace pgts::task
