// SPDX-License-Identifier: Apache-2.0
#include "task/stored_task.h"

#include <fmt/format.h>

#include "base/error.h"

namespace pgts::task {

int64_t StoredTask::Size(Split split) const {
  return static_cast<int64_t>(problems_[static_cast<size_t>(split)].size());
}

Problem StoredTask::Get(Split split, int64_t index) const {
  if (index < 0 || index >= Size(split)) {
    throw Error::Format("{} has no {} problem {}: {} are there", name_, SplitName(split), index,
                        Size(split));
  }
  return problems_[static_cast<size_t>(split)][static_cast<size_t>(index)];
}

void StoredTask::TakeValidationFromTrain(int64_t count) {
  std::vector<Problem>& train = Problems(Split::kTrain);
  const auto first = train.end() - count;
  Problems(Split::kValidation)
      .assign(std::make_move_iterator(first), std::make_move_iterator(train.end()));
  train.erase(first, train.end());
}

void StoredTask::SetPlaces() {
  for (const Split split : kAllSplits) {
    int64_t index = 0;
    for (Problem& problem : Problems(split)) {
      problem.index = index++;
      problem.id = fmt::format("{}/{}/{}", name_, SplitName(split), problem.index);
    }
  }
}

}  // namespace pgts::task
