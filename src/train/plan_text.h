// SPDX-License-Identifier: Apache-2.0
// A plan for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "base/jsonl.h"
#include "train/plan.h"

namespace pgts::train {

std::string BytesText(int64_t bytes);  // "15.3 GiB"

std::string PlanText(const Plan& plan);                // tables, for `pgts plan`
std::vector<std::string> PlanLines(const Plan& plan);  // a few lines, for a run's log
Json ToJson(const Plan& plan);                         // bytes and seconds

}  // namespace pgts::train
