// SPDX-License-Identifier: Apache-2.0
// `pgts bench tree`: searches as training runs them. `bound_tokens_per_second` is what a machine
// could do that wastes nothing: each kept token is decoded once by the generator and read once by
// the scorer, 1 / (1 / decode + 1 / prefill), both measured on raw llama.cpp in the same run, at
// the load's width and mean path length, in raw llama.cpp's best layout; with --shared, decode
// alone.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/stop.h"
#include "cli/bench.h"
#include "cli/bench_raw.h"
#include "cli/bench_report.h"
#include "cli/tree_flags.h"
#include "cli/tree_load.h"
#include "model/threads.h"

namespace pgts::cli {
namespace {

struct TreeArguments {
  BenchFlags flags;
  TreeFlags tree;
  std::vector<int> depths = {15};
  bool no_bound = false;
};

double Bound(const TreeLoadOptions& load, const TreeLoadResult& result) {
  const auto context = std::max(1, static_cast<int>(result.path_tokens));
  const RawBest generator =
      BestRaw(*llm::LlamaModel::Load(load.model, load.device),
              {.width = load.width, .context = context, .steps = 32, .threads = load.threads});
  if (load.shared) return generator.decode;
  if (load.SameScorer()) {
    return 1 / (1 / generator.decode + 1 / generator.prefill);
  }
  const RawBest scorer =
      BestRaw(*llm::LlamaModel::Load(load.scorer, load.scorer_device),
              {.width = load.width, .context = context, .steps = 1, .threads = load.threads});
  return 1 / (1 / generator.decode + 1 / scorer.prefill);
}

BenchRow Row(const TreeLoadOptions& load, bool with_bound) {
  const TreeLoadResult result = RunTreeLoad(load);
  ThrowIfStopped();
  const double kept = static_cast<double>(result.kept_tokens) / result.seconds;
  const auto share = [&](double seconds) { return seconds / result.seconds; };
  BenchRow row{{"max_depth", load.limits.max_depth},
               {"mean_depth", result.depth},
               {"searches", load.problems},
               {"nodes", result.nodes},
               {"seconds", result.seconds},
               {"nodes_per_second", static_cast<double>(result.nodes) / result.seconds},
               {"kept_tokens_per_second", kept},
               {"generated_tokens_per_second",
                static_cast<double>(result.generator.generated) / result.seconds},
               {"reevaluated_ratio", result.ReevaluatedRatio()},
               {"generator_reevaluated", result.generator.reevaluated},
               {"scorer_reevaluated", result.scorer.reevaluated},
               {"occupancy", result.generator.Occupancy()},
               {"generate_share", share(result.phases.generate)},
               {"score_share", share(result.phases.score)},
               {"policy_share", share(result.phases.decide)},
               {"path_tokens", result.path_tokens},
               {"longest_paths", result.longest_paths},
               {"rss_mb_early", result.rss_mb_early},
               {"rss_mb", result.rss_mb}};
  if (with_bound) {
    const double bound = Bound(load, result);
    row.emplace_back("bound_tokens_per_second", bound);
    row.emplace_back("bound_fraction", kept / bound);
  }
  return row;
}

void BenchTree(const TreeArguments& arguments) {
  const BenchModel model(arguments.tree.model);
  TreeLoadOptions load = ToLoad(arguments.tree, model);
  model::UseThreads(load.threads);
  std::vector<BenchRow> rows;
  for (const int depth : arguments.depths) {
    load.limits.max_depth = depth;
    rows.push_back(Row(load, !arguments.no_bound));
  }
  PrintBench("tree", rows, arguments.flags);
}

}  // namespace

void AddBenchTree(CLI::App& bench) {
  auto arguments = std::make_shared<TreeArguments>();
  CLI::App* command = bench.add_subcommand("tree", "Searches with generator, scorer and policy");
  AddTreeFlags(*command, arguments->tree);
  command->add_option("--depth", arguments->depths, "Deepest node, a row for each")
      ->delimiter(',')
      ->check(CLI::Range(1, 1000));
  command->add_flag("--no-bound", arguments->no_bound,
                    "Without raw llama.cpp on the same load, which may take as long as the load");
  command->add_flag("--json", arguments->flags.json, "JSON lines");
  command->callback([arguments] { BenchTree(*arguments); });
}

}  // namespace pgts::cli
