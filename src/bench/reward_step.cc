// SPDX-License-Identifier: Apache-2.0
// `pgts bench reward-step`: optimiser steps of phase 1 as `pgts train-reward` takes them, of kind
// lora or full, on solutions of one length that share nothing. The first step, which allocates, is
// not timed. Peaks are those of the process up to that row: give the lengths in ascending order.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/stop.h"
#include "base/stopwatch.h"
#include "bench/benches.h"
#include "bench/model.h"
#include "bench/report.h"
#include "llm/llama_model.h"
#include "model/decoder.h"
#include "model/gguf_reader.h"
#include "model/threads.h"
#include "reward/finetune.h"

namespace pgts::bench {
namespace {

constexpr int kStepTokens = 16;

struct RewardStepArguments {
  ModelFlags model;
  std::string kind = "lora";
  int rank = 16;
  int batch = 8;
  std::vector<int> lengths = {256};
  int steps = 4;
  bool no_checkpointing = false;
  int threads = 0;
  bool json = false;
};

// Solutions whose second half are steps, right and wrong in turn.
std::vector<labels::LabelledSolution> RandomSolutions(int count, int length, int64_t vocabulary) {
  RandomStream stream(Key("bench-reward").With(static_cast<uint64_t>(count)));
  const auto tokens = [&](int number) {
    std::vector<llm::Token> drawn;
    for (int i = 0; i < number; ++i) {
      drawn.push_back(static_cast<llm::Token>(stream.Uniform() * static_cast<double>(vocabulary)));
    }
    return drawn;
  };
  std::vector<labels::LabelledSolution> solutions;
  for (int i = 0; i < count; ++i) {
    const int prompt = length - length / 2 / kStepTokens * kStepTokens;
    labels::LabelledSolution solution{.problem = std::to_string(i), .prompt = tokens(prompt)};
    for (int at = prompt; at < length; at += kStepTokens) {
      const int label = static_cast<int>(solution.steps.size() + solutions.size()) % 2;
      solution.steps.push_back({.tokens = tokens(kStepTokens), .label = label});
    }
    solutions.push_back(std::move(solution));
  }
  return solutions;
}

std::shared_ptr<model::Decoder> MakeDecoder(const RewardStepArguments& arguments,
                                            const std::string& path, int length,
                                            const reward::TrainingOptions& training) {
  const model::LoraShape lora{.rank = arguments.rank, .alpha = 2.0 * arguments.rank};
  const auto decoder = arguments.kind == "lora"
                           ? reward::ReadLoraDecoder(path, length, training, lora, /*seed=*/0)
                           : model::ReadGguf(path, length);
  decoder->set_checkpointing(!arguments.no_checkpointing);
  return decoder;
}

double PeakMb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

// `free_before`: the GPU's, before anything was trained; LibTorch keeps what it once took.
BenchRow Measure(const RewardStepArguments& arguments, const std::string& path, int length,
                 int64_t free_before) {
  const model::DecoderShape shape = model::ReadGgufShape(path);
  const reward::TrainingOptions training{.batch_size = arguments.batch,
                                         .gradient_accumulation_steps = 1,
                                         .num_epochs = 1,
                                         .device = arguments.model.device};
  const bool half = reward::UsesBfloat16(training, shape.width);
  int64_t free_after = free_before;
  std::vector<double> ends;
  const Stopwatch watch;
  const reward::FinetuneOptions options{.training = training,
                                        .max_sequence_length = length,
                                        .observer = {.on_step = [&](const reward::TrainingPoint&) {
                                          ThrowIfStopped();
                                          ends.push_back(watch.Seconds());
                                          free_after = std::min(
                                              free_after, llm::FreeBytesOf(arguments.model.device));
                                        }}};
  reward::Finetune(MakeDecoder(arguments, path, length, training),
                   RandomSolutions(arguments.batch * (arguments.steps + 1), length, shape.vocab),
                   RandomSolutions(2, length, shape.vocab), options);
  const double seconds = (ends.back() - ends.front()) / arguments.steps;
  return {{"kind", arguments.kind},
          {"device", arguments.model.device},
          {"compute_type", half ? "bfloat16" : "float32"},
          {"checkpointing", arguments.no_checkpointing ? "off" : "on"},
          {"solutions", arguments.batch},
          {"tokens", length},
          {"step_seconds", seconds},
          {"tokens_per_second", arguments.batch * length / seconds},
          {"peak_gpu_mb", static_cast<double>(free_before - free_after) / 1e6},
          {"peak_rss_mb", PeakMb()}};
}

void BenchRewardStep(const RewardStepArguments& arguments) {
  reward::CheckTrainingDevice(arguments.model.device);
  model::UseThreads(arguments.threads);
  const BenchModel model(arguments.model);
  const int64_t free_before = llm::FreeBytesOf(arguments.model.device);
  std::vector<BenchRow> rows;
  for (const int length : arguments.lengths) {
    rows.push_back(Measure(arguments, model.path(), length, free_before));
  }
  PrintBench("reward-step", rows, arguments.json);
}

}  // namespace

void AddBenchRewardStep(CLI::App& bench) {
  auto arguments = std::make_shared<RewardStepArguments>();
  CLI::App* command =
      bench.add_subcommand("reward-step", "Optimiser steps of a reward model's fine-tuning");
  AddModelFlags(*command, arguments->model);
  command->add_option("--kind", arguments->kind, "lora or full")
      ->check(CLI::IsMember({"lora", "full"}))
      ->capture_default_str();
  command->add_option("--rank", arguments->rank, "Of LoRA")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--batch", arguments->batch, "Solutions in a step")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->add_option("--tokens", arguments->lengths, "Of a solution, its prompt included")
      ->delimiter(',')
      ->check(CLI::Range(2 * kStepTokens, 1 << 20));
  command->add_option("--steps", arguments->steps, "Timed")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--no-checkpointing", arguments->no_checkpointing,
                    "Keep every activation: faster, with far more memory");
  command->add_option("--threads", arguments->threads, "0: all cores")->check(CLI::Range(0, 1024));
  command->add_flag("--json", arguments->json, "JSON lines");
  command->callback([arguments] { BenchRewardStep(*arguments); });
}

}  // namespace pgts::bench
