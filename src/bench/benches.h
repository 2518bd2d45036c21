// SPDX-License-Identifier: Apache-2.0
// `pgts bench` and its subcommands, one file each.
#pragma once

namespace CLI {
class App;
}

namespace pgts::bench {

void AddBench(CLI::App& app);

void AddBenchDecode(CLI::App& bench);
void AddBenchTree(CLI::App& bench);
void AddBenchPolicy(CLI::App& bench);
void AddBenchTrainStep(CLI::App& bench);
void AddBenchRewardStep(CLI::App& bench);

}  // namespace pgts::bench
