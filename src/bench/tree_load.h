// SPDX-License-Identifier: Apache-2.0
// A PGTS load as training and evaluation have it: generator, scorer and policy on, many problems
// side by side, worlds that nothing has walked before. The reward head and the policy are
// untrained: they cost what trained ones cost.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "llm/engine_options.h"
#include "llm/generator.h"
#include "llm/llama_model.h"
#include "llm/model_info.h"
#include "policy/options.h"
#include "tree/trajectory.h"
#include "tree/tree.h"

namespace pgts::policy {
class GpsNetwork;
}

namespace pgts::bench {

struct TreeLoadOptions {
  std::string model;                  // of the generator
  std::string scorer;                 // the generator's file on its device is loaded once
  std::string device = "cpu";         // of the generator
  std::string scorer_device = "cpu";  // of a scorer of its own
  bool shared = false;                // the head reads the states of the generator as it writes
  std::string task = "word_problems";
  std::string data_dir;
  int problems = 16;
  llm::EngineOptions engine = {.width = 16};  // of each model; width: searches side by side
  bool deep = true;  // solutions never end; Expand wherever legal, Terminate never
  tree::Limits limits;
  llm::SamplingOptions sampling;
  policy::NetworkOptions policy;
  bool with_features = false;  // record what PPO trains on
  // Called now and then while searches go on, with TreeLoadResult::path_tokens so far; not part of
  // the load's time. May be empty.
  std::function<void(double path_tokens)> pause;
};

struct PhaseSeconds {
  double generate = 0, score = 0, decide = 0;
};

struct TreeLoadResult {
  int64_t nodes = 0;
  int64_t kept_tokens = 0;  // of the steps, without the tokens that end a text
  int64_t decisions = 0;
  double seconds = 0;
  // Tokens written a second until the last search began, which is as long as every place is taken.
  // NaN where all begin at once. Deep loads keep every token that they write.
  double sustained = std::numeric_limits<double>::quiet_NaN();
  PhaseSeconds phases;
  llm::TokenCounts generator, scorer;
  double depth = 0;           // deepest step, mean over searches
  double path_tokens = 0;     // behind a kept token, in the mean: what decoding attends to
  int64_t longest_paths = 0;  // tokens of a search's longest path, sum of the `width` longest
  double rss_mb_early = 0, rss_mb = 0;  // resident memory after the first tenth, and at the end
  std::vector<tree::Trajectory> trajectories;  // of each problem; with_features

  // Evaluated ÷ evaluated for the first time, both models.
  double ReevaluatedRatio() const;
};

// The models of a load: one for both where the scorer reads with the generator's weights.
struct TreeModels {
  std::shared_ptr<const llm::LlamaModel> generator, scorer;
};
TreeModels LoadModels(const TreeLoadOptions& options);

// Runs the load once. `network` null: one of `options.policy` with random weights.
TreeLoadResult RunTreeLoad(const TreeLoadOptions& options, const TreeModels& models,
                           std::shared_ptr<policy::GpsNetwork> network = nullptr);

}  // namespace pgts::bench
