// SPDX-License-Identifier: Apache-2.0
#include "train/plan_models.h"

#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "model/gguf_random.h"
#include "model/known_shapes.h"

namespace pgts::train {
namespace {

const char* TypeName(model::WeightType type) {
  switch (type) {
    case model::WeightType::kF32: return "f32";
    case model::WeightType::kF16: return "f16";
    case model::WeightType::kBF16: return "bf16";
    case model::WeightType::kQ8_0: break;
  }
  return "q8_0";
}

}  // namespace

ModelSource PlanModels::Find(const std::string& key, const std::string& name,
                             const std::string& shape, bool eight_bits) {
  if (shape.empty() && FileExists(name)) return {.path = name};
  model::WeightType type = eight_bits ? model::WeightType::kQ8_0 : model::WeightType::kBF16;
  if (!shape.empty()) {
    const size_t colon = shape.find(':');
    if (colon != std::string::npos) type = model::ParseWeightType(shape.substr(colon + 1));
    const std::string plain = shape.substr(0, colon);
    return {.path = Header(plain, model::ParseShape(plain), type), .shape = plain};
  }
  const auto known = model::KnownShapeOf(name);
  if (!known) {
    throw Error::Format(
        "{} = {} is neither a file nor a model whose shape is known; give --shape {}=SHAPE (see: "
        "pgts plan --help)",
        key, name, key.substr(0, key.find('.')));
  }
  const std::string shape_name(*known);
  return {.path = Header(shape_name, model::KnownShape(shape_name), type), .shape = shape_name};
}

std::string PlanModels::Header(const std::string& name, const model::DecoderShape& shape,
                               model::WeightType type) {
  std::string path = folder_.File(name + "-" + TypeName(type) + ".gguf");
  if (!FileExists(path)) model::WriteGgufWithoutData(path, shape, type);
  return path;
}

llm::MemoryPlanner& PlanModels::Planner(const std::string& path, const std::string& device,
                                        bool present) {
  auto& planner = planners_[{path, device}];
  if (!planner) planner = std::make_unique<llm::MemoryPlanner>(path, device, present);
  return *planner;
}

std::string PlanModels::ForPeople(std::string text) const {
  const std::string folder = folder_.path() + "/";
  for (size_t at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
    text.erase(at, folder.size());
  }
  return text;
}

session::RunConfig WithFiles(session::RunConfig config, const ModelSource& generator,
                             const ModelSource& reward_model) {
  config.generator.model_name = generator.path;
  config.reward_base.model_name = reward_model.path;
  return config;
}

}  // namespace pgts::train
