// SPDX-License-Identifier: Apache-2.0
// What `pgts bench` prints: a table for people, or JSON lines that say which machine, build and
// commit they came from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/jsonl.h"

namespace pgts::bench {

struct BenchFlags {
  bool json = false;
};

// One measurement: keys and values in the order in which they are shown. Numbers or text.
using BenchRow = std::vector<std::pair<std::string, Json>>;

// Prints the rows of one bench, which all have the same keys.
void PrintBench(const std::string& bench, const std::vector<BenchRow>& rows,
                const BenchFlags& flags);

// {"cpu", "cores", "memory_gb", "build", "compiler", "commit"}
Json MachineAndBuild();

}  // namespace pgts::bench
