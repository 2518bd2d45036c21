// SPDX-License-Identifier: Apache-2.0
// The subcommands of `pgts bench`, one file each.
#pragma once

namespace CLI {
class App;
}

namespace pgts::cli {

void AddBenchDecode(CLI::App& bench);
void AddBenchTree(CLI::App& bench);
void AddBenchPolicy(CLI::App& bench);
void AddBenchTrainStep(CLI::App& bench);
void AddBenchRewardStep(CLI::App& bench);

}  // namespace pgts::cli
