// SPDX-License-Identifier: Apache-2.0
#include "task/problem.h"

#include "base/error.h"

namespace pgts::task {

std::string_view SplitName(Split split) {
  switch (split) {
    case Split::kTrain: return "train";
    case Split::kValidation: return "validation";
    case Split::kTest: return "test";
    case Split::kTemplates: return "templates";
  }
  return "?";
}

Split ParseSplit(std::string_view name) {
  for (Split split : kAllSplits) {
    if (name == SplitName(split)) return split;
  }
  throw Error::Format("unknown split '{}': use train, validation, test or templates", name);
}

}  // namespace pgts::task
