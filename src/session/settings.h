// SPDX-License-Identifier: Apache-2.0
// The options that name what a run works with: the generator, the task, the worlds, the engine and
// the search. (Those of other rooms stand there; session/run_config.h puts all of them under the
// user's keys.)
#pragma once

#include <cstdint>
#include <string>

#include "llm/llama_devices.h"

namespace pgts::session {

// Group `generator`, also called `qwen3`; any GGUF file will do.
struct GeneratorSettings {
  std::string model_name = "models/tiny.gguf";
  std::string device = "cpu";
  int max_new_tokens = 128;
  double temperature = 0.7;
  double top_p = 0.95;
  int top_k = 0;
  double min_p = 0;
  std::string use_flash_attention = "auto";
  std::string prompt = "auto";
  bool thinking = false;
  std::string torch_dtype = "bfloat16";
  bool load_in_8bit = false;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("model_name", model_name,
      {.help =
           "The generator: a GGUF file, or a name of the hub (Qwen/Qwen3-8B, owner/repo:Q8_0)"});
    v("device", device, {.help = llm::kDeviceHelp});
    v("max_new_tokens", max_new_tokens,
      {.min = 1, .max = 32768, .unit = "tokens", .help = "Longest step"});
    v("temperature", temperature,
      {.min = 0, .max = 10, .help = "How steps are sampled; 0: greedy"});
    v("top_p", top_p, {.max = 1, .above = 0, .help = "Nucleus of the step sampling; 1: off"});
    v("top_k", top_k, {.min = 0, .help = "Candidates of the step sampling; 0: off"});
    v("min_p", min_p, {.min = 0, .max = 1, .help = "Least share of the best probability; 0: off"});
    v("use_flash_attention", use_flash_attention,
      {.choices = {"auto", "true", "false"},
       .help =
           "Flash attention, where a GPU's build has it; auto: but for tiny models, and scorers "
           "on a CPU"});
    v("prompt", prompt, {.choices = {"auto", "chat", "plain"}, .help = "How problems are put"});
    v("thinking", thinking,
      {.help = "Models that can be told to think do so, and nothing counts as an answer until "
               "</think>"});
    v("torch_dtype", torch_dtype,
      {.choices = {"bfloat16", "float16", "float32"},
       .help = "Which file of a name of the hub is taken: in this type, or the next smaller"});
    v("load_in_8bit", load_in_8bit,
      {.help = "Weights in Q8_0: the hub's file, or a 16-bit file quantised once"});
  }
};

// Group `task`.
struct TaskSettings {
  std::string name = "word_problems";
  std::string data_dir;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("name", name,
      {.help = "word_problems, countdown, gsm8k, or the path of a task file (docs/TASKS.md)"});
    v("data_dir", data_dir, {.help = "Folder of data sets (also --data, PGTS_DATA)"});
  }
};

// Group `world`.
struct WorldSettings {
  int64_t seed = 0;
  int world_epochs = 4;
  std::string first = "sampled";
  std::string siblings = "independent";
  std::string dir;

  bool GreedyFirst() const { return first == "greedy"; }
  bool DistinctSiblings() const { return siblings == "distinct"; }

  template <class Visitor>
  void Visit(Visitor& v) {
    v("seed", seed, {.min = 0, .help = "Seed of the worlds; training seeds share worlds"});
    v("world_epochs", world_epochs,
      {.min = 1, .max = 1000, .help = "Worlds that repeated training visits cycle through"});
    v("first", first,
      {.choices = {"greedy", "sampled"},
       .help = "Attempt 1 of every node: its greedy step, so that a search begins with what greedy "
               "decoding writes, or a sample like the others"});
    v("siblings", siblings,
      {.choices = {"distinct", "independent"},
       .help = "Children of one node where a tree is searched: without replacement, so that no "
               "branch is paid for a text that its node has already, or samples that may repeat. "
               "Chains are independent samples either way"});
    v("dir", dir,
      {.help = "Folder of stored worlds; default: world/ in the run folder; stored:FOLDER: replay "
               "what is there, without a model"});
  }
};

// Group `engine`.
struct EngineSettings {
  int width = 64;
  int context = 0;
  int cells = 0;
  std::string layout = "auto";
  int lanes = 0;
  int threads = 0;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("width", width, {.min = 1, .max = 256, .unit = "sequences", .help = "Walks in flight"});
    v("context", context,
      {.min = 0,
       .max = 1 << 24,
       .unit = "tokens",
       .help = "Longest sequence; 0: 4096 or the model's own, the smaller"});
    v("cells", cells,
      {.min = 0, .max = 1 << 30, .unit = "tokens", .help = "KV memory; 0: by width and context"});
    v("layout", layout,
      {.choices = {"auto", "unified", "streams"},
       .help = "KV memory; auto: streams on a CPU where they fit"});
    v("lanes", lanes,
      {.min = 0, .max = 64, .help = "Contexts side by side; 0: by the model's size"});
    v("threads", threads, {.min = 0, .max = 1024, .help = "Threads; 0: all cores"});
  }
};

// Group `search`.
struct SearchSettings {
  int max_depth = 15;
  int max_nodes = 80;
  int max_width = 4;
  int max_actions = 0;
  int64_t max_tokens = 0;
  double token_price = 0;
  std::string backtrack_to = "parent";
  double temperature = 0.8;
  bool use_policy = true;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("max_depth", max_depth, {.min = 1, .max = 1000, .unit = "steps", .help = "Deepest node"});
    v("max_nodes", max_nodes,
      {.min = 1, .max = 100000, .help = "Nodes of a tree, root not counted"});
    v("max_width", max_width, {.min = 1, .max = 1000, .help = "Attempts below one node"});
    v("max_actions", max_actions, {.min = 0, .help = "Decisions of a search; 0: 3 x max_nodes"});
    v("max_tokens", max_tokens,
      {.min = 0,
       .unit = "tokens",
       .help = "Generated in one search, at most (also --max-tokens); 0: no limit"});
    v("backtrack_to", backtrack_to,
      {.choices = {"parent", "unexplored"},
       .help = "Where Backtrack leads: to the parent, or to the ancestor with most to find: its "
               "score times the probability that the generator goes on in a way not yet seen"});
    v("token_price", token_price,
      {.min = 0,
       .max = 1,
       .unit = "right answers",
       .help = "What a token costs, for a policy that learnt with prices (also --token-price): at "
               "0.001 a hundred tokens are worth a tenth of an answer"});
    v("temperature", temperature,
      {.max = 10, .above = 0, .help = "How the policy's actions are sampled in training"});
    v("use_policy", use_policy,
      {.help = "false: no policy is trained, the best threshold heuristic searches"});
  }
};

}  // namespace pgts::session
