// SPDX-License-Identifier: Apache-2.0
// `pgts bench policy`: what a decision costs and what learning from it costs, by the size of the
// trees; searches in a scripted world, so that nothing else is measured.
#include <CLI/CLI.hpp>

#include <memory>
#include <vector>

#include "base/stop.h"
#include "base/stopwatch.h"
#include "bench/benches.h"
#include "bench/report.h"
#include "model/threads.h"
#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "policy/ppo.h"
#include "policy/toy_world.h"

namespace pgts::bench {
namespace {

struct PolicyArguments {
  policy::NetworkOptions network;
  std::vector<int> nodes = {10, 40, 80};
  int searches = 16;
  int threads = 0;
  bool json = false;
};

BenchRow Row(const PolicyArguments& arguments, int nodes) {
  const auto network = std::make_shared<policy::GpsNetwork>(arguments.network);
  policy::NetworkPolicy policy(network, {});
  constexpr int kDepth = 15;
  const policy::ToyWorld world{.depth = kDepth,
                               .limits = {.max_depth = kDepth, .max_nodes = nodes, .max_width = 4}};
  const Stopwatch decide_watch;
  const std::vector<tree::Trajectory> searches =
      policy::SearchToyWorld(world, policy, arguments.searches, Key("bench"));
  const double decide = decide_watch.Seconds();
  ThrowIfStopped();
  int64_t decisions = 0;
  for (const tree::Trajectory& search : searches) {
    decisions += static_cast<int64_t>(search.steps.size());
  }
  policy::PpoTrainer trainer(network, {.temperature = 1});
  const Stopwatch update_watch;
  const policy::PpoStats stats = trainer.Update(searches);
  const double update = update_watch.Seconds();
  const auto each = [&](double seconds) { return 1e3 * seconds / static_cast<double>(decisions); };
  return {{"hidden_dim", arguments.network.hidden_dim},
          {"num_layers", arguments.network.num_layers},
          {"max_nodes", nodes},
          {"searches", arguments.searches},
          {"decisions", decisions},
          {"decide_ms", each(decide)},
          {"update_ms", each(update)},
          {"ppo_epochs", stats.epochs}};
}

void BenchPolicy(const PolicyArguments& arguments) {
  policy::CheckOptions(arguments.network, "the command line");
  model::UseThreads(arguments.threads);
  std::vector<BenchRow> rows;
  for (const int nodes : arguments.nodes) rows.push_back(Row(arguments, nodes));
  PrintBench("policy", rows, arguments.json);
}

}  // namespace

void AddBenchPolicy(CLI::App& bench) {
  auto arguments = std::make_shared<PolicyArguments>();
  CLI::App* command = bench.add_subcommand("policy", "Decisions and their PPO update, no model");
  command->add_option("--hidden-dim", arguments->network.hidden_dim, "Of the policy")
      ->capture_default_str();
  command->add_option("--num-layers", arguments->network.num_layers, "Of the policy")
      ->capture_default_str();
  command->add_option("--num-heads", arguments->network.num_heads, "Of the policy")
      ->capture_default_str();
  command->add_option("--nodes", arguments->nodes, "Largest trees, a row for each")
      ->delimiter(',')
      ->check(CLI::Range(1, 100000));
  command->add_option("--searches", arguments->searches, "Side by side")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "0: all cores");
  command->add_flag("--json", arguments->json, "JSON lines");
  command->callback([arguments] { BenchPolicy(*arguments); });
}

}  // namespace pgts::bench
