// SPDX-License-Identifier: Apache-2.0
// `pgts bench decode`: raw llama.cpp beside the engine, at equal widths and resident cells. Raw
// llama.cpp is given the faster of its two layouts, flash attention on and off, and samples
// nothing; the engine samples, schedules and counts. Both are measured in turn and the median of
// the repeats is shown. `sampling_share`: of the time of a raw decode, what sampling its logits
// takes on one thread. With --read, further tokens of each sequence are read by raw llama.cpp, one
// sequence in a call, as a scorer reads steps.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "base/stats.h"
#include "base/stop.h"
#include "base/stopwatch.h"
#include "bench/benches.h"
#include "bench/model.h"
#include "bench/raw.h"
#include "bench/report.h"
#include "llm/llama_generator.h"
#include "model/threads.h"

namespace pgts::bench {
namespace {

struct DecodeArguments {
  ModelFlags model;
  std::vector<int> widths = {16, 32};
  std::vector<int> contexts = {128};
  int steps = 32;
  int repeats = 3;
  int read = 0;
  std::string layout = "auto";
  int lanes = 0;
  int raw_contexts = 1;
  int threads = 0;
  bool layouts = false;
  bool no_engine = false;
  bool json = false;
};

// The engine at a steady width: every walker holds a prefix of its own and writes on from it.
class EngineDecode {
 public:
  EngineDecode(std::shared_ptr<const llm::LlamaModel> model, const DecodeArguments& arguments,
               int width, int context)
      : steps_(arguments.steps),
        generator_(llm::MakeLlamaGenerator(std::move(model),
                                           {.threads = arguments.threads,
                                            .width = width,
                                            .pool_size = arguments.lanes,
                                            .context = context + arguments.steps + 1,
                                            .cells = width * (context + arguments.steps + 1),
                                            .layout = llm::ParseKvLayout(arguments.layout)})),
        width_(width),
        context_(context) {}

  // Evaluated tokens per second of writing, prefixes resident.
  double Measure(std::span<const llm::Token> text) {
    generator_->Forget();
    Write(text, 1);
    const llm::TokenCounts before = generator_->counts();
    const Stopwatch watch;
    Write(text, steps_);
    const double spent = watch.Seconds();
    const llm::TokenCounts after = generator_->counts();
    const int64_t evaluated =
        after.evaluated + after.reevaluated - before.evaluated - before.reevaluated;
    return static_cast<double>(evaluated) / spent;
  }

 private:
  void Write(std::span<const llm::Token> text, int tokens) {
    const auto sampling = std::make_shared<llm::SamplingOptions>(llm::SamplingOptions{
        .max_new_tokens = tokens, .separator = "", .ignore_end_of_text = true});
    std::vector<llm::GenerateRequest> requests;
    for (int walker = 0; walker < width_; ++walker) {
      std::vector<llm::Token> prefix;
      for (int i = 0; i < context_; ++i) prefix.push_back(text[(walker * 7 + i) % text.size()]);
      requests.push_back({.prefix = llm::Extend(nullptr, std::move(prefix)),
                          .walker = static_cast<uint64_t>(walker) + 1,
                          .draw = Key("bench").With(static_cast<uint64_t>(walker)),
                          .sampling = sampling});
    }
    llm::WriteAll(*generator_, requests);
  }

  int steps_;
  std::unique_ptr<llm::Generator> generator_;
  int width_;
  int context_;
};

class BenchDecode {
 public:
  explicit BenchDecode(DecodeArguments arguments)
      : arguments_(std::move(arguments)),
        file_(arguments_.model),
        model_(llm::LlamaModel::Load(file_.path(), arguments_.model.device)),
        text_(SomeText(model_->tokenizer())) {
    arguments_.threads = model::ThreadCount(arguments_.threads);
  }

  void Run() {
    for (const int width : arguments_.widths) CheckWidth(width);
    for (const int context : arguments_.contexts) CheckLength(context);
    std::vector<BenchRow> rows;
    const int64_t in_a_row =
        arguments_.repeats * (std::ssize(kRawSetups) + (arguments_.no_engine ? 0 : 1));
    Progress progress("bench",
                      in_a_row * std::ssize(arguments_.contexts) * std::ssize(arguments_.widths),
                      "measurements");
    for (const int context : arguments_.contexts) {
      for (const int width : arguments_.widths) Measure(width, context, progress, rows);
    }
    progress.Finish();
    PrintBench("decode", rows, arguments_.json);
  }

 private:
  void CheckWidth(int width) const {
    if (width % arguments_.raw_contexts == 0) return;
    throw Error::Format("--raw-contexts {} cannot share a width of {} equally",
                        arguments_.raw_contexts, width);
  }

  void CheckLength(int context) const {
    const int most = model_->info().context_train;
    if (context + arguments_.steps + arguments_.read < most) return;
    throw Error::Format("--context {}, --steps {} and --read {} exceed the model's {} tokens",
                        context, arguments_.steps, arguments_.read, most);
  }

  void Measure(int width, int context, Progress& progress, std::vector<BenchRow>& rows) const {
    const llm::RawLoad load{.contexts = arguments_.raw_contexts,
                            .width = width,
                            .context = context,
                            .steps = arguments_.steps,
                            .read = arguments_.read,
                            .threads = arguments_.threads};
    RawYardstick raw(model_, /*only_apt=*/false);
    std::vector<double> engine;
    std::optional<EngineDecode> decode;
    if (!arguments_.no_engine) decode.emplace(model_, arguments_, width, context);
    for (int repeat = 0; repeat < arguments_.repeats; ++repeat) {
      raw.Measure(load);
      progress.Advance(std::ssize(kRawSetups));
      ThrowIfStopped();
      if (!decode) continue;
      engine.push_back(decode->Measure(text_));
      progress.Advance();
    }
    const size_t best = raw.Fastest(&llm::RawSpeed::decode);
    const double raw_speed = raw.Median(best, &llm::RawSpeed::decode);
    const double sampling = raw.Median(best, &llm::RawSpeed::sampling);
    rows.push_back({{"model", model_->info().description},
                    {"device", model_->info().device},
                    {"context", context},
                    {"width", width},
                    {"raw_contexts", arguments_.raw_contexts},
                    {"resident_cells", width * context},
                    {"raw_tokens_per_second", raw_speed},
                    {"raw_layout", kRawSetups[best].name},
                    {"sampling_microseconds", 1e6 * sampling},
                    {"sampling_share", sampling * raw_speed}});
    BenchRow& row = rows.back();
    if (decode) {
      const double engine_speed = Quantile(engine, 0.5);
      row.emplace_back("engine_tokens_per_second", engine_speed);
      row.emplace_back("ratio", engine_speed / raw_speed);
    }
    for (size_t i = 0; i < kRawSetups.size(); ++i) {
      const std::string name(kRawSetups[i].name);
      if (arguments_.layouts) {
        row.emplace_back(name, raw.Median(i, &llm::RawSpeed::decode));
        row.emplace_back("prefill " + name, raw.Median(i, &llm::RawSpeed::prefill));
      }
      if (arguments_.read > 0) {
        row.emplace_back("read " + name, raw.Median(i, &llm::RawSpeed::read));
      }
    }
  }

  DecodeArguments arguments_;
  BenchModel file_;
  std::shared_ptr<const llm::LlamaModel> model_;
  std::vector<llm::Token> text_;
};

}  // namespace

void AddBenchDecode(CLI::App& bench) {
  auto arguments = std::make_shared<DecodeArguments>();
  CLI::App* command = bench.add_subcommand("decode", "Raw llama.cpp beside the engine");
  AddModelFlags(*command, arguments->model);
  command->add_option("--width", arguments->widths, "Sequences written together")
      ->delimiter(',')
      ->check(CLI::Range(1, 256));
  command->add_option("--context", arguments->contexts, "Tokens before them, in cells of their own")
      ->delimiter(',')
      ->check(CLI::Range(1, 1 << 20));
  command->add_option("--steps", arguments->steps, "Tokens written by each")
      ->check(CLI::Range(2, 1 << 20))
      ->capture_default_str();
  command->add_option("--repeats", arguments->repeats, "Of which the median is shown")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--read", arguments->read, "Tokens of each that are read at the end, raw")
      ->check(CLI::Range(0, 1 << 16));
  AddLayoutFlag(*command, arguments->layout);
  command->add_option("--lanes", arguments->lanes, "Of the engine; 0: its own choice")
      ->check(CLI::Range(0, 64));
  command
      ->add_option("--raw-contexts", arguments->raw_contexts,
                   "Of raw llama.cpp, side by side; they share width and threads")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--threads", arguments->threads, "0: all cores")->check(CLI::Range(0, 1024));
  command->add_flag("--layouts", arguments->layouts, "Also every layout of raw llama.cpp");
  command->add_flag("--no-engine", arguments->no_engine, "Raw llama.cpp alone");
  command->add_flag("--json", arguments->json, "JSON lines");
  command->callback([arguments] { BenchDecode(*arguments).Run(); });
}

}  // namespace pgts::bench
