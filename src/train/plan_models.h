// SPDX-License-Identifier: Apache-2.0
// The models of a plan: files, or headers of a known shape that stand in for them.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include "base/temp_folder.h"
#include "llm/llama_memory.h"
#include "model/decoder_shape.h"
#include "model/gguf_writer.h"
#include "session/run_config.h"

namespace pgts::train {

struct ModelSource {
  std::string path;   // of a file whose header says everything
  std::string shape;  // known, or in numbers; empty: it is the model's own file
};

class PlanModels {
 public:
  // `name` as the user gives it; `shape`: SHAPE or SHAPE:TYPE in its place, or empty. Without a
  // file the weights are in bfloat16 or, with `eight_bits`, in Q8_0. Error where neither is known;
  // `key` is where the name stands.
  ModelSource Find(const std::string& key, const std::string& name, const std::string& shape,
                   bool eight_bits);
  // A header with these weights.
  std::string Header(const std::string& name, const model::DecoderShape& shape,
                     model::WeightType type);
  // One planner for each file and device, as making one reads a vocabulary.
  llm::MemoryPlanner& Planner(const std::string& path, const std::string& device, bool present);

  // Without the folder of the headers, which no user knows.
  std::string ForPeople(std::string text) const;

 private:
  TempFolder folder_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<llm::MemoryPlanner>> planners_;
};

// `config` with the files of the models.
session::RunConfig WithFiles(session::RunConfig config, const ModelSource& generator,
                             const ModelSource& reward_model);

}  // namespace pgts::train
