// SPDX-License-Identifier: Apache-2.0
#include "hub/publishers.h"

#include <string_view>

namespace pgts::hub {
namespace {

// Who publishes the GGUF files of a maker's models, and how they call them: {} is the model's name.
struct Publishers {
  std::string_view maker;
  std::vector<std::string_view> repositories;
};

const std::vector<Publishers>& KnownPublishers() {
  static const std::vector<Publishers> known = {
      // Qwen3, Qwen2.5, Qwen2.5-Coder, Qwen2.5-Math; the maker's own have no 16-bit files of Qwen3
      {"Qwen", {"Qwen/{}-GGUF", "unsloth/{}-GGUF", "bartowski/Qwen_{}-GGUF", "bartowski/{}-GGUF"}},
      // SmolLM2, SmolLM3
      {"HuggingFaceTB",
       {"HuggingFaceTB/{}-GGUF", "ggml-org/{}-GGUF", "unsloth/{}-GGUF", "bartowski/{}-GGUF",
        "bartowski/HuggingFaceTB_{}-GGUF"}},
      // Llama 3.x
      {"meta-llama", {"unsloth/{}-GGUF", "bartowski/{}-GGUF", "bartowski/Meta-{}-GGUF"}},
      // Gemma 3
      {"google", {"ggml-org/{}-GGUF", "unsloth/{}-GGUF", "bartowski/google_{}-GGUF"}},
      {"mistralai", {"unsloth/{}-GGUF", "bartowski/mistralai_{}-GGUF", "bartowski/{}-GGUF"}},
      {"microsoft", {"unsloth/{}-GGUF", "bartowski/microsoft_{}-GGUF", "bartowski/{}-GGUF"}},
      {"deepseek-ai", {"unsloth/{}-GGUF", "bartowski/{}-GGUF", "bartowski/deepseek-ai_{}-GGUF"}},
      {"allenai", {"allenai/{}-GGUF", "bartowski/allenai_{}-GGUF"}},
      {"ibm-granite", {"ibm-granite/{}-GGUF", "bartowski/ibm-granite_{}-GGUF"}}};
  return known;
}

std::string Fill(std::string_view pattern, const std::string& model) {
  const size_t place = pattern.find("{}");
  return std::string(pattern.substr(0, place)) + model + std::string(pattern.substr(place + 2));
}

}  // namespace

std::vector<std::string> LikelyRepositories(const ModelName& name) {
  if (name.NamesGgufs()) return {name.Full()};
  std::vector<std::string> repositories;
  for (const Publishers& publishers : KnownPublishers()) {
    if (!EqualNames(publishers.maker, name.owner)) continue;
    for (const std::string_view pattern : publishers.repositories) {
      repositories.push_back(Fill(pattern, name.repository));
    }
  }
  if (repositories.empty()) repositories = {name.Full(), name.Full() + "-GGUF"};
  return repositories;
}

}  // namespace pgts::hub
