// SPDX-License-Identifier: Apache-2.0
#include "train/plan_cures.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

#include "base/error.h"
#include "base/gguf_header.h"
#include "model/gguf_reader.h"
#include "model/known_shapes.h"
#include "session/reward_wiring.h"

namespace pgts::train {
namespace {

// Turns a setting one notch further and says what it is then; nothing where it is at its end.
using Turn = std::function<std::optional<std::string>(PlanSetting&)>;

std::optional<std::string> Halve(const char* key, int& value, int least) {
  if (value <= least) return std::nullopt;
  value = std::max(least, value / 2);
  return fmt::format("{} = {}", key, value);
}

// The file in Q8_0, where that is smaller.
std::optional<ModelSource> InEightBits(const ModelSource& source, PlanModels& models) {
  try {
    const model::DecoderShape shape = model::ReadGgufShape(source.path);
    const std::string name = source.shape.empty() ? "file" : source.shape;
    ModelSource smaller{.path = models.Header(fmt::format("{}-{}", name, shape.width), shape,
                                              model::WeightType::kQ8_0),
                        .shape = source.shape};
    const auto bytes = [](const std::string& path) { return GgufHeader(path).file_bytes(); };
    if (bytes(smaller.path) < bytes(source.path)) return smaller;
  } catch (const Error&) {
    // An architecture that we know no shape of stays as it is.
  }
  return std::nullopt;
}

std::optional<ModelSource> Smaller(const ModelSource& source, PlanModels& models) {
  const auto known = model::KnownShapeOf(source.shape.empty() ? source.path : source.shape);
  const auto next = known ? model::NextSmaller(*known) : std::nullopt;
  if (!next) return std::nullopt;
  const bool eight = source.path.find("q8_0") != std::string::npos;
  const std::string name(*next);
  return ModelSource{
      .path = models.Header(name, model::KnownShape(name),
                            eight ? model::WeightType::kQ8_0 : model::WeightType::kBF16),
      .shape = name};
}

void UseModels(PlanSetting& setting) {
  setting.config = WithFiles(setting.config, setting.generator, setting.reward_model);
}

std::optional<std::string> TurnEightBits(PlanSetting& setting, PlanModels& models) {
  std::vector<std::string> changed;
  const bool one_model = setting.reward_model.path == setting.generator.path;
  const auto turn = [&](ModelSource& source, const char* group) {
    const auto smaller = InEightBits(source, models);
    if (!smaller) return;
    changed.push_back(source.shape.empty()
                          ? fmt::format("{}.model_name: that file in Q8_0 (pgts quantize)", group)
                          : fmt::format("{}.load_in_8bit = true", group));
    source = *smaller;
  };
  turn(setting.generator, "generator");
  if (one_model) {
    setting.reward_model = setting.generator;
  } else {
    turn(setting.reward_model, "reward_model");
  }
  UseModels(setting);
  if (changed.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(changed, " and "));
}

std::optional<std::string> TurnContext(PlanSetting& setting, const Assumptions& assumed) {
  constexpr int kDefault = 4096, kStep = 256;
  session::RunConfig& config = setting.config;
  const auto needed = [&] {
    const int longest =
        assumed.prompt_tokens + config.search.max_depth * config.generator.max_new_tokens;
    return std::max(kStep, (longest + kStep - 1) / kStep * kStep);
  };
  const int now = config.engine.context > 0 ? config.engine.context : kDefault;
  if (needed() < now) {
    config.engine.context = needed();
    return fmt::format("engine.context = {}", config.engine.context);
  }
  if (config.search.max_depth <= 4) return std::nullopt;
  config.search.max_depth /= 2;
  config.engine.context = std::min(now, needed());
  return fmt::format("search.max_depth = {} and engine.context = {}", config.search.max_depth,
                     config.engine.context);
}

std::optional<std::string> TurnModel(PlanSetting& setting, bool generator, PlanModels& models) {
  ModelSource& source = generator ? setting.generator : setting.reward_model;
  const bool one_model = setting.reward_model.path == setting.generator.path;
  const auto smaller = Smaller(source, models);
  if (!smaller || (one_model && !generator)) return std::nullopt;
  source = *smaller;
  if (one_model) setting.reward_model = source;
  UseModels(setting);
  return fmt::format("{}.model_name: a smaller one, as {}",
                     generator ? "generator" : "reward_model", source.shape);
}

std::vector<Turn> Turns(const Assumptions& assumed, PlanModels& models) {
  return {[](PlanSetting& s) -> std::optional<std::string> {
            bool& on = s.config.optimization.use_gradient_checkpointing;
            if (on || session::RewardKind(s.config) == reward::Kind::kHead) return std::nullopt;
            on = true;
            return "optimization.use_gradient_checkpointing = true";
          },
          [](PlanSetting& s) {
            return Halve("reward_training.batch_size", s.config.reward_training.batch_size, 1);
          },
          [](PlanSetting& s) -> std::optional<std::string> {
            if (session::RewardKind(s.config) == reward::Kind::kHead) return std::nullopt;
            return Halve("optimization.max_sequence_length",
                         s.config.optimization.max_sequence_length, 256);
          },
          [&models](PlanSetting& s) { return TurnEightBits(s, models); },
          [](PlanSetting& s) { return Halve("engine.width", s.config.engine.width, 1); },
          [&assumed](PlanSetting& s) { return TurnContext(s, assumed); },
          [](PlanSetting& s) {
            int& size = s.config.warm_start.batch_size;
            size = std::min(size, s.config.ppo.batch_size);
            return Halve("policy_training.batch_size and warm_start.batch_size",
                         s.config.ppo.batch_size, 1);
          },
          [&models](PlanSetting& s) { return TurnModel(s, /*generator=*/false, models); },
          [&models](PlanSetting& s) { return TurnModel(s, /*generator=*/true, models); },
          [](PlanSetting& s) -> std::optional<std::string> {
            // Last, as it is a smaller base that auto fine-tunes in full.
            if (session::RewardKind(s.config) != reward::Kind::kFull) return std::nullopt;
            s.config.reward_model.kind = reward::KindName(reward::Kind::kLora);
            return "reward_model.kind = lora";
          }};
}

constexpr int kMostNotches = 8;  // of one setting

struct Turned {
  PlanSetting setting;
  std::vector<std::string> texts;  // of what was turned
};

// Each setting turned by so many notches, or to its end.
Turned Apply(const PlanSetting& setting, const std::vector<Turn>& turns,
             const std::vector<int>& notches) {
  Turned turned{.setting = setting};
  for (size_t i = 0; i < turns.size(); ++i) {
    std::optional<std::string> last;
    for (int notch = 0; notch < notches[i]; ++notch) {
      const auto text = turns[i](turned.setting);
      if (!text) break;
      last = text;
    }
    if (last) turned.texts.push_back(*last);
  }
  return turned;
}

}  // namespace

std::vector<std::string> FindCures(const PlanSetting& setting, const Assumptions& assumed,
                                   PlanModels& models,
                                   const std::function<bool(const PlanSetting&)>& fits) {
  const std::vector<Turn> turns = Turns(assumed, models);
  const auto fit = [&](const std::vector<int>& notches) {
    return fits(Apply(setting, turns, notches).setting);
  };
  const std::vector<int> none(turns.size(), 0);
  std::vector<std::string> alone;
  for (size_t i = 0; i < turns.size(); ++i) {
    std::vector<int> notches = none;
    for (notches[i] = 1; notches[i] <= kMostNotches; ++notches[i]) {
      const Turned turned = Apply(setting, turns, notches);
      if (turned.texts.empty() || !fits(turned.setting)) continue;
      alone.push_back(turned.texts.front());
      break;
    }
  }
  if (!alone.empty()) return alone;
  std::vector<int> together(turns.size(), kMostNotches);
  if (!fit(together)) return {};
  for (int& notches :
       std::views::reverse(together)) {  // what is not needed goes back, models first
    for (const int less : {0, 1, 2, 3}) {
      const int kept = std::exchange(notches, less);
      if (fit(together)) break;
      notches = kept;
    }
  }
  return {fmt::format("{}", fmt::join(Apply(setting, turns, together).texts, " and "))};
}

}  // namespace pgts::train
