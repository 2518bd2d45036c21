// SPDX-License-Identifier: Apache-2.0
// `pgts bench tree`: searches as training runs them. `bound_tokens_per_second` is what a machine
// could do that wastes nothing: each kept token is decoded once by the generator and read once by
// the scorer, 1 / (1 / decode + 1 / prefill); with --shared, decode alone. Both are measured on raw
// llama.cpp's best layout at the load's width, with as many tokens in front as the load's have in
// the mean: in pauses of the load, or after it on a GPU or where all searches begin at once; the
// medians. `sustained` leaves out the end of the load, where fewer searches than places are left.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "base/stop.h"
#include "bench/benches.h"
#include "bench/raw.h"
#include "bench/report.h"
#include "bench/tree_flags.h"
#include "bench/tree_load.h"
#include "model/threads.h"

namespace pgts::bench {
namespace {

constexpr int kLeastMeasures = 3;  // of the bound

struct TreeArguments {
  TreeFlags tree;
  std::vector<int> depths = {15};
  bool no_bound = false;
  bool json = false;
};

// The generator's decode and, unless its head judges its own steps, the scorer's reading.
class Bound {
 public:
  Bound(const TreeLoadOptions& load, const TreeModels& models)
      : load_(load), generator_(models.generator, /*only_apt=*/true) {
    if (!load.shared) scorer_.emplace(models.scorer, /*only_apt=*/true);
  }

  // Of tokens that have so many in front, in the mean.
  void Measure(double path_tokens) {
    constexpr int kSteps = 32, kRead = 256;  // of each sequence
    generator_.Measure(Raw(path_tokens - kSteps / 2.0, kSteps, /*read=*/0));
    if (scorer_) scorer_->Measure(Raw(path_tokens - kRead / 2.0, /*steps=*/1, kRead));
    ++times_;
  }

  double Decode() const { return generator_.Best(&llm::RawSpeed::decode); }
  double Read() const { return scorer_->Best(&llm::RawSpeed::read); }
  int times() const { return times_; }

 private:
  llm::RawLoad Raw(double context, int steps, int read) const {
    return {.width = load_.engine.width,
            .context = std::max(1, static_cast<int>(context)),
            .steps = steps,
            .read = read,
            .threads = load_.engine.threads};
  }

  const TreeLoadOptions& load_;
  RawYardstick generator_;
  std::optional<RawYardstick> scorer_;
  int times_ = 0;
};

BenchRow Row(TreeLoadOptions load, const TreeModels& models, bool with_bound) {
  std::optional<Bound> bound_of;
  if (with_bound) {
    bound_of.emplace(load, models);
    // A GPU has no room for raw contexts beside the load's.
    const bool beside = !models.generator->on_gpu() && !models.scorer->on_gpu();
    if (beside) load.pause = [&](double path_tokens) { bound_of->Measure(path_tokens); };
  }
  const TreeLoadResult result = RunTreeLoad(load, models);
  ThrowIfStopped();
  const double kept = static_cast<double>(result.kept_tokens) / result.seconds;
  const auto share = [&](double seconds) { return seconds / result.seconds; };
  const llm::ModelInfo& generator = models.generator->info();
  const llm::ModelInfo& scorer = models.scorer->info();
  BenchRow row{{"model", generator.description},
               {"device", generator.device},
               {"scorer", load.shared ? "shared" : scorer.description},
               {"scorer_device", scorer.device},
               {"width", load.engine.width},
               {"max_depth", load.limits.max_depth},
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
  const bool refilled = !std::isnan(result.sustained);
  if (refilled) row.emplace_back("sustained_tokens_per_second", result.sustained);
  if (with_bound) {
    while (bound_of->times() < kLeastMeasures) bound_of->Measure(result.path_tokens);
    const double decode = bound_of->Decode();
    double bound = decode;
    row.emplace_back("raw_decode_tokens_per_second", decode);
    if (!load.shared) {
      bound = 1 / (1 / decode + 1 / bound_of->Read());
      row.emplace_back("raw_prefill_tokens_per_second", bound_of->Read());
    }
    row.emplace_back("bound_tokens_per_second", bound);
    row.emplace_back("bound_fraction", kept / bound);
    if (refilled) row.emplace_back("sustained_fraction", result.sustained / bound);
  }
  return row;
}

void BenchTree(const TreeArguments& arguments) {
  const BenchModel model(arguments.tree.model);
  TreeLoadOptions load = ToLoad(arguments.tree, model);
  model::UseThreads(load.engine.threads);
  const TreeModels models = LoadModels(load);
  std::vector<BenchRow> rows;
  for (const int depth : arguments.depths) {
    load.limits.max_depth = depth;
    rows.push_back(Row(load, models, !arguments.no_bound));
  }
  PrintBench("tree", rows, arguments.json);
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
  command->add_flag("--json", arguments->json, "JSON lines");
  command->callback([arguments] { BenchTree(*arguments); });
}

}  // namespace pgts::bench
