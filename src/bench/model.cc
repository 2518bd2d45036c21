// SPDX-License-Identifier: Apache-2.0
#include "bench/model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "llm/llama_devices.h"
#include "model/gguf_random.h"
#include "model/known_shapes.h"
#include "session/model_file.h"

namespace pgts::bench {

void AddModelFlags(CLI::App& command, ModelFlags& flags) {
  command
      .add_option("--model", flags.model,
                  "The generator: a GGUF file or a name such as Qwen/Qwen3-8B")
      ->capture_default_str();
  command.add_option(
      "--shape", flags.shape,
      fmt::format("Instead: random weights of {}", fmt::join(model::KnownShapes(), ", ")));
  command.add_option("--weights", flags.weights, "Their type: f32, f16, bf16, q8_0")
      ->capture_default_str();
  command.add_option("--device", flags.device, llm::kDeviceHelp)->capture_default_str();
}

void AddLayoutFlag(CLI::App& command, std::string& layout) {
  command.add_option("--layout", layout, "KV memory: auto, unified or streams")
      ->check(CLI::IsMember({"auto", "unified", "streams"}))
      ->capture_default_str();
}

BenchModel::BenchModel(const ModelFlags& flags)
    : path_(flags.shape.empty() ? session::FindModelFile(flags.model, {}, session::Fetch::kYes)
                                : "") {
  if (flags.shape.empty()) return;
  const model::DecoderShape shape = model::KnownShape(flags.shape);
  path_ = folder_.emplace().File(flags.shape + ".gguf");
  model::WriteRandomGguf(path_, shape, model::ParseWeightType(flags.weights));
}

}  // namespace pgts::bench
