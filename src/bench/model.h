// SPDX-License-Identifier: Apache-2.0
// The model of a bench: a file, or a known shape with random weights.
#pragma once

#include <optional>
#include <string>

#include "base/temp_folder.h"

namespace CLI {
class App;
}

namespace pgts::bench {

struct ModelFlags {
  std::string model = "models/tiny.gguf";
  std::string shape;  // not empty: instead of `model`
  std::string weights = "q8_0";
  std::string device = "cpu";
};

void AddModelFlags(CLI::App& command, ModelFlags& flags);
void AddLayoutFlag(CLI::App& command, std::string& layout);  // llm::ParseKvLayout reads it

// The file, which is removed with this object if it was made for it.
class BenchModel {
 public:
  explicit BenchModel(const ModelFlags& flags);
  const std::string& path() const { return path_; }

 private:
  std::optional<TempFolder> folder_;
  std::string path_;
};

}  // namespace pgts::bench
