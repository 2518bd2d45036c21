// SPDX-License-Identifier: Apache-2.0
// `pgts plan`: what `pgts train` with the same flags will take, before anything is loaded. Exit
// code 0: it fits; 1: it does not.
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <cmath>
#include <memory>

#include "base/error.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/run_flags.h"
#include "model/known_shapes.h"
#include "train/plan.h"
#include "train/plan_text.h"

namespace pgts::cli {
namespace {

struct PlanArguments {
  RunFlags run{.needs_models = false};
  std::vector<std::string> device_memory, shapes;
  bool skip_reward_training = false, measure = false, json = false;
};

// "24GiB", "24GB", "24576MiB", "24" (GiB). A card sold with 24 GB has 24 GiB.
int64_t ParseMemory(const std::string& text) {
  size_t end = 0;
  double number = 0;
  try {
    number = std::stod(text, &end);
  } catch (const std::exception&) {
    end = 0;
  }
  const std::string unit = text.substr(end);
  const bool gib = unit.empty() || unit == "GiB" || unit == "GB" || unit == "G";
  const bool mib = unit == "MiB" || unit == "MB" || unit == "M";
  if (end == 0 || !(gib || mib) || !(number > 0) || number > 1e6) {
    throw Error::Format("--device-memory {}: give each GPU's memory as 24GiB or 24576MiB", text);
  }
  return static_cast<int64_t>(std::ldexp(number, gib ? 30 : 20));
}

// generator=SHAPE or reward_model=SHAPE.
void ReadShape(const std::string& text, train::PlanOptions& options) {
  const size_t equals = text.find('=');
  const std::string role = text.substr(0, equals);
  const bool generator = role == "generator" || role == "qwen3";
  if (equals == std::string::npos || (!generator && role != "reward_model")) {
    throw Error::Format("--shape {}: give generator=SHAPE or reward_model=SHAPE", text);
  }
  (generator ? options.generator_shape : options.reward_shape) = text.substr(equals + 1);
}

bool MakePlan(const PlanArguments& arguments) {
  InitLog({.verbose = arguments.run.verbose});
  train::PlanOptions options{.trains_reward_model = !arguments.skip_reward_training,
                             .measure = arguments.measure};
  for (const std::string& text : arguments.device_memory) {
    options.device_memory.push_back(ParseMemory(text));
  }
  for (const std::string& text : arguments.shapes) ReadShape(text, options);
  const auto loaded = LoadConfig(arguments.run, "");
  const train::Plan plan = train::MakePlan(loaded->config, options);
  fmt::print("{}", arguments.json ? JsonPretty(train::ToJson(plan)) : train::PlanText(plan));
  return plan.Fits();
}

}  // namespace

void AddPlan(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<PlanArguments>();
  CLI::App* command = app.add_subcommand(
      "plan", "Memory, tokens and hours of a training run, before it is started");
  AddRunFlags(*command, arguments->run);
  command
      ->add_option("--device-memory", arguments->device_memory,
                   "GPUs of another machine, cuda:0 first: 24GiB,24GiB")
      ->delimiter(',');
  command
      ->add_option(
          "--shape", arguments->shapes,
          fmt::format("generator=SHAPE[:TYPE] or reward_model=SHAPE[:TYPE], repeatable, in "
                      "place of a file. SHAPE: {}, or "
                      "LAYERSxWIDTHxHEADSxKV_HEADSxHEAD_DIMxFF_WIDTHxVOCAB. TYPE: f32, f16, "
                      "bf16 (default), q8_0",
                      fmt::join(model::KnownShapes(), ", ")))
      ->allow_extra_args(false);
  command->add_flag("--skip-reward-training", arguments->skip_reward_training, "Phase 2 alone");
  command->add_flag("--measure", arguments->measure,
                    "Hours by a short measurement of the generator on its device");
  command->add_flag("--json", arguments->json, "One JSON object: bytes, seconds, tokens");
  command->callback([arguments, &exit_code] { exit_code = MakePlan(*arguments) ? 0 : 1; });
}

}  // namespace pgts::cli
