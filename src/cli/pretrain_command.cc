// SPDX-License-Identifier: Apache-2.0
// `pgts pretrain`: makes a tiny reasoning model from nothing, as GGUF. The shipped models/tiny.gguf
// came from config/tiny_pretrain.yaml.
#include <CLI/CLI.hpp>

#include <memory>

#include "base/log.h"
#include "base/options.h"
#include "base/progress.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "model/decoder.h"
#include "model/gguf_writer.h"
#include "model/pretrain.h"
#include "model/threads.h"
#include "session/resources.h"
#include "task/task.h"

namespace pgts::cli {
namespace {

struct ShapeSettings : model::DecoderShape {
  template <class Visitor>
  void Visit(Visitor& v) {
    v("width", width, {.min = 8, .max = 8192, .help = "Width of the residual stream"});
    v("layers", layers, {.min = 1, .max = 128, .help = "Decoder layers"});
    v("heads", heads, {.min = 1, .max = 128, .help = "Query heads"});
    v("kv_heads", kv_heads, {.min = 1, .max = 128, .help = "Key and value heads; divides heads"});
    v("head_dim", head_dim, {.min = 2, .max = 512, .help = "Width of a head, even"});
    v("ff_width", ff_width, {.min = 8, .max = 65536, .help = "Width of the feed-forward"});
    v("context", context, {.min = 16, .max = 65536, .unit = "tokens", .help = "Longest sequence"});
  }
};

struct PretrainSettings : model::PretrainOptions {
  std::string task = "word_problems";
  std::string weights = "f32";
  int drill_every = 0;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("task", task, {.help = "Whose training problems are learnt"});
    v("steps", steps,
      {.min = 1, .max = 1e9, .unit = "optimiser steps", .help = "Length of training"});
    v("batch_tokens", batch_tokens, {.min = 16, .unit = "tokens", .help = "Tokens of a step"});
    v("learning_rate", learning_rate, {.max = 1, .above = 0, .help = "Peak of AdamW's rate"});
    v("warmup_ratio", warmup_ratio, {.min = 0, .max = 1, .help = "Share of steps that warm up"});
    v("weight_decay", weight_decay, {.min = 0, .max = 10, .help = "Decoupled decay of matrices"});
    v("prompt_loss", prompt_loss, {.min = 0, .max = 1, .help = "Loss weight of a question's byte"});
    v("drill_every", drill_every,
      {.min = 0,
       .unit = "examples",
       .help = "One in so many is a drill: steps without questions; 0: none"});
    v("bfloat16", bfloat16, {.help = "Matrix products in bfloat16"});
    v("seed", seed_value, {.min = 0, .help = "Of the weights and of the order of batches"});
    v("weights", weights, {.choices = {"f32", "f16", "bf16", "q8_0"}, .help = "Types in the file"});
  }
  int64_t seed_value = 0;
};

struct PretrainArguments {
  std::string config, output;
  std::vector<std::string> assignments;
};

// Steps of several problems without their questions: two thirds of an ordinary example are the
// question's bytes, so that calculating is practised thrice as much for the same work.
model::PretrainExample Drill(const task::Task& task, int64_t index) {
  constexpr int kProblems = 4;
  model::PretrainExample drill{.prompt = "\n"};
  for (int i = 0; i < kProblems; ++i) {
    const std::string solution = task.Get(task::Split::kTrain, index * kProblems + i).solution;
    drill.completion += solution.substr(0, solution.rfind('\n') + 1);  // without the answer line
  }
  return drill;
}

model::PretrainExample Example(const task::Task& task, const PretrainSettings& settings,
                               int64_t index) {
  if (settings.drill_every > 0 && index % settings.drill_every == 0) return Drill(task, index);
  const task::Problem problem = task.Get(task::Split::kTrain, index);
  return {.prompt = task::PlainText(task.Prompt(problem)), .completion = problem.solution + "\n"};
}

void Pretrain(const PretrainArguments& arguments) {
  ShapeSettings shape;
  PretrainSettings settings;
  OptionSet options;
  options.Add("decoder", shape);
  options.Add("pretrain", settings);
  options.LoadYaml(session::FindResource(arguments.config));
  for (const std::string& assignment : arguments.assignments) options.Set(assignment, "--set");
  settings.shape = shape;
  settings.seed = static_cast<uint64_t>(settings.seed_value);

  const std::unique_ptr<task::Task> task = task::MakeTask(settings.task);
  model::UseThreads(0);
  InitLog({.file = arguments.output + ".log"});
  Info("pretraining {} weights on {} for {} steps", model::CountWeights(shape), settings.task,
       settings.steps);
  Progress progress("pretraining", settings.steps, "steps");
  const auto observe = [&](const model::PretrainStep& step, model::Decoder&) {
    ThrowIfStopped();
    progress.SetNote(
        fmt::format("loss {:.4f}, {:.0f} tokens/s", step.loss, step.tokens_per_second));
    progress.Advance();
    if (step.step % 250 == 0 || step.step == settings.steps) {
      Info("step {} loss {:.4f} gradient norm {:.2f} learning rate {:.2e}", step.step, step.loss,
           step.grad_norm, step.learning_rate);
    }
  };
  const auto decoder = model::Pretrain(
      settings, [&](int64_t index) { return Example(*task, settings, index); }, observe);
  progress.Finish();
  model::WriteGguf(arguments.output, *decoder,
                   {.type = model::ParseWeightType(settings.weights),
                    .name = "PGTS tiny (" + settings.task + ")"});
  Info("wrote {}", arguments.output);
}

}  // namespace

void AddPretrain(CLI::App& app) {
  auto arguments = std::make_shared<PretrainArguments>();
  CLI::App* command = app.add_subcommand("pretrain", "Train a tiny model from scratch, write GGUF");
  command->add_option("--config", arguments->config, "Recipe (YAML)")
      ->default_val("config/tiny_pretrain.yaml");
  command->add_option("--output", arguments->output, "GGUF file to write")
      ->default_val("outputs/tiny.gguf");
  command->add_option("--set", arguments->assignments, "group.key=value, repeatable");
  command->callback([arguments] { Pretrain(*arguments); });
}

}  // namespace pgts::cli
