// SPDX-License-Identifier: Apache-2.0
// `pgts bench`: how fast this machine is, phase by phase (docs/PERFORMANCE.md).
#include <CLI/CLI.hpp>

#include "cli/bench.h"
#include "cli/commands.h"

namespace pgts::cli {

void AddBench(CLI::App& app) {
  CLI::App* bench = app.add_subcommand("bench", "Measure speed, phase by phase");
  bench->require_subcommand(1);
  AddBenchDecode(*bench);
  AddBenchTree(*bench);
  AddBenchPolicy(*bench);
  AddBenchTrainStep(*bench);
  AddBenchRewardStep(*bench);
}

}  // namespace pgts::cli
