// SPDX-License-Identifier: Apache-2.0
// `pgts quantize IN OUT TYPE`: another weight type for a GGUF file.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <string>

#include "cli/commands.h"
#include "llm/llama_quantize.h"
#include "session/model_file.h"

namespace pgts::cli {
namespace {

struct QuantizeArguments {
  std::string in, out, type;
};

void Quantize(const QuantizeArguments& arguments) {
  const std::string in = session::FindModelFile(arguments.in, {}, session::Fetch::kYes);
  const llm::QuantizeResult result = llm::Quantize(in, arguments.out, arguments.type);
  constexpr double kMegabyte = 1e6;
  fmt::print("{}: {}, {:.1f} MB (was {:.1f} MB)\n", arguments.out, arguments.type,
             static_cast<double>(result.bytes_after) / kMegabyte,
             static_cast<double>(result.bytes_before) / kMegabyte);
}

}  // namespace

void AddQuantize(CLI::App& app) {
  auto arguments = std::make_shared<QuantizeArguments>();
  CLI::App* command = app.add_subcommand("quantize", "Convert a GGUF file to another weight type");
  command->add_option("in", arguments->in, "GGUF file to read, or a name such as Qwen/Qwen3-0.6B")
      ->required();
  command->add_option("out", arguments->out, "GGUF file to write")->required();
  command
      ->add_option("type", arguments->type,
                   fmt::format("{}", fmt::join(llm::WeightTypeNames(), ", ")))
      ->required();
  command->callback([arguments] { Quantize(*arguments); });
}

}  // namespace pgts::cli
