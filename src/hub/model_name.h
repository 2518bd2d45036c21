// SPDX-License-Identifier: Apache-2.0
// The names of models: Qwen/Qwen3-8B (a model), Qwen/Qwen3-8B-GGUF (a repository of its GGUF
// files), each also with a weight type, as in Qwen/Qwen3-8B:Q8_0; and what the names of GGUF files
// say.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgts::hub {

struct ModelName {
  std::string owner;
  std::string repository;  // without the owner
  std::string weights;     // upper case; empty: any

  std::string Full() const { return owner + "/" + repository; }
  std::string Text() const { return weights.empty() ? Full() : Full() + ":" + weights; }
  bool NamesGgufs() const;    // the repository's name ends in -GGUF
  std::string Model() const;  // the repository's name without that end
};

// Nothing where `text` cannot be such a name: it has exactly one "/", and does not end in ".gguf".
std::optional<ModelName> ParseModelName(std::string_view text);

// What the name of a GGUF file says: "a/Qwen3-8B-Q8_0-00001-of-00002.gguf".
struct GgufFileName {
  std::string model;    // "Qwen3-8B"
  std::string weights;  // "Q8_0", upper case; empty: it does not say
  int shard = 1;        // of `shards`
  int shards = 1;
};

// Nothing for other files, and for those beside a model: mmproj-, mtp-, imatrix.
std::optional<GgufFileName> ParseFileName(std::string_view path);

// The names of all shards of a file, in order.
std::vector<std::string> ShardNames(const std::string& path, const GgufFileName& name);

// A file called `file_model` holds `name` and none of its relatives (-Base, -2507, ...): the
// model's name, or the owner's and the model's with "_" between, whatever their case.
bool IsOf(std::string_view file_model, const ModelName& name);

bool EqualNames(std::string_view a, std::string_view b);  // but for their case

}  // namespace pgts::hub
