// SPDX-License-Identifier: Apache-2.0
#include "bench/tree_flags.h"

#include <CLI/CLI.hpp>

#include <algorithm>

#include "model/threads.h"
#include "session/model_file.h"
#include "session/resources.h"

namespace pgts::bench {

void AddTreeFlags(CLI::App& command, TreeFlags& flags) {
  TreeLoadOptions& load = flags.load;
  load.engine.width = 0;
  load.scorer_device.clear();
  AddModelFlags(command, flags.model);
  command.add_option("--scorer", load.scorer, "GGUF file of the scorer; default: the generator's");
  command.add_option("--scorer-device", load.scorer_device, "Of the scorer; default: --device's");
  command
      .add_flag("--shared", load.shared,
                "The reward head reads the generator's own states, without a scorer's pass")
      ->excludes("--scorer");
  command.add_option("--task", load.task, "word_problems or gsm8k")->capture_default_str();
  command.add_option("--data", load.data_dir, "Folder of data sets (also PGTS_DATA)");
  command.add_option("--problems", load.problems, "Searches")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command
      .add_option("--width", load.engine.width,
                  "Searches side by side; default: all, at most 64. Fewer than --problems: where "
                  "one ends the next begins")
      ->check(CLI::Range(1, 256));
  command.add_option("--nodes", load.limits.max_nodes, "Of a search")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command.add_option("--max-new-tokens", load.sampling.max_new_tokens, "Of a step")
      ->check(CLI::Range(1, 32768))
      ->capture_default_str();
  command.add_option("--top-k", load.sampling.top_k, "Of the step sampling; 0: off")
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--cells", load.engine.cells,
                  "KV memory of each model in tokens; 0: its own choice")
      ->check(CLI::NonNegativeNumber);
  AddLayoutFlag(command, flags.layout);
  command.add_option("--lanes", load.engine.pool_size, "Of each engine; 0: its own choice")
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--turn", load.engine.slice,
                  "Evaluations before finished steps are handed back; 0: its own choice")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--threads", load.engine.threads, "0: all cores")
      ->check(CLI::NonNegativeNumber);
  command.add_option("--hidden-dim", load.policy.hidden_dim, "Of the policy")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--num-layers", load.policy.num_layers, "Of the policy")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_option("--num-heads", load.policy.num_heads, "Of the policy")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command.add_flag(
      "--shallow", flags.shallow,
      "The untrained policy decides; else solutions never end, and it is Expand while legal");
  command.add_flag("--paragraphs", flags.paragraphs,
                   "Steps end at blank lines, \"Therefore\" and \"####\" instead of newlines");
}

TreeLoadOptions ToLoad(const TreeFlags& flags, const BenchModel& model) {
  TreeLoadOptions load = flags.load;
  load.model = model.path();
  load.device = flags.model.device;
  if (load.scorer_device.empty()) load.scorer_device = load.device;
  load.engine.layout = llm::ParseKvLayout(flags.layout);
  load.scorer = load.scorer.empty() ? load.model
                                    : session::FindModelFile(load.scorer, {}, session::Fetch::kYes);
  load.deep = !flags.shallow;
  if (flags.paragraphs) {
    load.sampling.separator = "\n\n";
    load.sampling.further_separators = {"Therefore", "####"};
  }
  constexpr int kMostAtOnce = 64;
  if (load.engine.width == 0) load.engine.width = std::min(load.problems, kMostAtOnce);
  load.engine.threads = model::ThreadCount(load.engine.threads);
  load.data_dir = session::DataFolder(load.data_dir);
  return load;
}

}  // namespace pgts::bench
