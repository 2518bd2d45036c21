// SPDX-License-Identifier: Apache-2.0
// What `pgts bench` prints: a table for people, or JSON lines that say which machine, build and
// commit they came from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/jsonl.h"

namespace pgts::bench {

// One measurement: keys and values in the order in which they are shown. Numbers or text.
using BenchRow = std::vector<std::pair<std::string, Json>>;

// Prints the rows of one bench, which all have the same keys; `json`: as lines for programs.
void PrintBench(const std::string& bench, const std::vector<BenchRow>& rows, bool json);

}  // namespace pgts::bench
