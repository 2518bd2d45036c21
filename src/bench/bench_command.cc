// SPDX-License-Identifier: Apache-2.0
// `pgts bench`: how fast this machine is, phase by phase (docs/PERFORMANCE.md).
#include <CLI/CLI.hpp>

#include "bench/benches.h"

namespace pgts::bench {

void AddBench(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "Measure speed, phase by phase");
  bench->require_subcommand(1);
  AddBenchDecode(*bench);
  AddBenchTree(*bench);
  AddBenchPolicy(*bench);
  AddBenchTrainStep(*bench);
  AddBenchRewardStep(*bench);
}

}  // namespace pgts::bench
