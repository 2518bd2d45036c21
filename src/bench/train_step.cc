// SPDX-License-Identifier: Apache-2.0
// `pgts bench train-step`: one iteration of phase 2, searches and PPO update, and the policy's
// share of it.
#include <CLI/CLI.hpp>

#include <memory>

#include "base/stop.h"
#include "base/stopwatch.h"
#include "bench/benches.h"
#include "bench/report.h"
#include "bench/tree_flags.h"
#include "bench/tree_load.h"
#include "model/threads.h"
#include "policy/gps_network.h"
#include "policy/ppo.h"

namespace pgts::bench {
namespace {

struct TrainStepArguments {
  TreeFlags tree;
  bool json = false;
};

void BenchTrainStep(const TrainStepArguments& arguments) {
  const BenchModel model(arguments.tree.model);
  TreeLoadOptions load = ToLoad(arguments.tree, model);
  load.with_features = true;
  model::UseThreads(load.engine.threads);
  const auto network = std::make_shared<policy::GpsNetwork>(load.policy);
  const TreeLoadResult rollouts = RunTreeLoad(load, LoadModels(load), network);
  ThrowIfStopped();
  policy::PpoTrainer trainer(network, {.temperature = 1});
  const Stopwatch watch;
  trainer.Update(rollouts.trajectories);
  const double update = watch.Seconds();
  const double total = rollouts.seconds + update;
  const BenchRow row = {{"hidden_dim", load.policy.hidden_dim},
                        {"num_layers", load.policy.num_layers},
                        {"searches", load.problems},
                        {"decisions", rollouts.decisions},
                        {"iteration_seconds", total},
                        {"generate_seconds", rollouts.phases.generate},
                        {"score_seconds", rollouts.phases.score},
                        {"decide_seconds", rollouts.phases.decide},
                        {"update_seconds", update},
                        {"policy_share", (rollouts.phases.decide + update) / total}};
  PrintBench("train-step", {row}, arguments.json);
}

}  // namespace

void AddBenchTrainStep(CLI::App& bench) {
  auto arguments = std::make_shared<TrainStepArguments>();
  CLI::App* command = bench.add_subcommand("train-step", "One iteration of phase 2");
  AddTreeFlags(*command, arguments->tree);
  command->add_flag("--json", arguments->json, "JSON lines");
  command->callback([arguments] { BenchTrainStep(*arguments); });
}

}  // namespace pgts::bench
