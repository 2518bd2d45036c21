// SPDX-License-Identifier: Apache-2.0
#include "train/plan.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "model/gguf_reader.h"
#include "session/reward_wiring.h"
#include "train/plan_cures.h"
#include "train/plan_memory.h"
#include "train/plan_text.h"
#include "train/plan_work.h"
#include "train/preflight.h"

namespace pgts::train {
namespace {

bool AllFit(const std::vector<PhasePlan>& phases) {
  return std::ranges::all_of(phases, [](const PhasePlan& phase) {
    return std::ranges::all_of(phase.devices, &DeviceMemory::Fits);
  });
}

class Planner {
 public:
  Planner(const session::RunConfig& config, const PlanOptions& options)
      : options_(options),
        devices_(options.device_memory),
        given_(config),
        assumed_(Assume(config)),
        setting_(Resolve(config)) {}

  Plan Make() {
    const session::RunConfig& config = setting_.config;
    const MemoryPlan memory = Memory(config);
    Plan plan{.phases = memory.phases,
              .width = config.engine.width,
              .kv_sequences = static_cast<int>(memory.kv_tokens / PathTokens(memory)),
              .trains = options_.trains_reward_model,
              .reward_kind = std::string(reward::KindName(session::RewardKind(config))),
              .assumed = assumed_};
    const llm::MemoryPlanner& generator = PlannerOf(setting_.generator, config.generator.device);
    const llm::MemoryPlanner& base = PlannerOf(setting_.reward_model, config.reward_base.device);
    plan.models.push_back(
        Describe("generator", given_.generator.model_name, setting_.generator, generator.info()));
    plan.models.push_back(Describe("reward model", session::BaseModelPath(given_),
                                   setting_.reward_model, base.info()));
    plan.rate = FindRate(generator);
    EstimateWork({.config = config,
                  .assumed = assumed_,
                  .memory = memory,
                  .rate = plan.rate,
                  .base_parameters = base.info().parameters},
                 plan.phases);
    plan.faults = Faults(memory, generator.info(), base.info());
    if (options_.advise) Advise(plan);
    return plan;
  }

 private:
  PlanSetting Resolve(const session::RunConfig& config) {
    PlanSetting setting;
    setting.generator = models_.Find("generator.model_name", config.generator.model_name,
                                     options_.generator_shape, config.generator.load_in_8bit);
    const bool generators = config.reward_base.model_name.empty() && options_.reward_shape.empty();
    setting.reward_model =
        generators ? setting.generator
                   : models_.Find("reward_model.model_name", config.reward_base.model_name,
                                  options_.reward_shape, config.reward_base.load_in_8bit);
    setting.config = WithFiles(config, setting.generator, setting.reward_model);
    return setting;
  }

  llm::MemoryPlanner& PlannerOf(const ModelSource& source, const std::string& device) {
    return models_.Planner(source.path, device, devices_.Present(device));
  }

  MemoryPlan Memory(const session::RunConfig& config) {
    return PlanMemory(config, options_.trains_reward_model, assumed_, devices_, models_);
  }

  int64_t PathTokens(const MemoryPlan& memory) const {
    return std::max(1, std::min(memory.context, assumed_.LongPath()));
  }

  static PlannedModel Describe(std::string role, std::string name, const ModelSource& source,
                               const llm::ModelInfo& info) {
    return {.role = std::move(role),
            .name = std::move(name),
            .source = source.shape.empty() ? "file" : "shape " + source.shape,
            .weights = info.description,
            .parameters = info.parameters};
  }

  int Concurrency() const {
    const session::RunConfig& config = setting_.config;
    const int64_t searches =
        int64_t{config.loop.problems_per_iteration} * config.loop.rollouts_per_problem;
    return static_cast<int>(
        std::clamp<int64_t>(std::max<int64_t>(searches, config.reward_data.concurrent_rollouts), 1,
                            config.engine.width));
  }

  Rate FindRate(const llm::MemoryPlanner& generator) const {
    if (!options_.measure) {
      return AssumedRate(setting_.config, assumed_, generator.info(), generator.DeviceWeights(),
                         Concurrency());
    }
    if (!setting_.generator.shape.empty() || !devices_.here()) {
      throw Error(
          "--measure writes some tokens with the generator: it needs its file, and this "
          "machine's devices; leave it out, or --shape and --device-memory");
    }
    return MeasuredRate(setting_.config, assumed_, Concurrency());
  }

  std::vector<std::string> Faults(const MemoryPlan& memory, const llm::ModelInfo& generator,
                                  const llm::ModelInfo& base) const {
    std::vector<std::string> faults;
    if (options_.advise) {
      faults = FaultsBeforeTraining(setting_.config,
                                    {.trains_reward_model = options_.trains_reward_model,
                                     .on_this_machine = devices_.here()});
    }
    if (options_.trains_reward_model) {
      NoteFault(faults,
                [&] { CheckVocabularies(generator.vocabulary, base.vocabulary, base.path); });
      NoteFault(faults,
                [&] { session::CheckContexts(memory.context, base.context_train, base.path); });
    }
    for (std::string& fault : faults) fault = models_.ForPeople(fault);
    return faults;
  }

  // Nothing where the layout cannot be made.
  std::optional<MemoryPlan> TryMemory(const session::RunConfig& config) {
    try {
      return Memory(config);
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  bool FitsAtWidth(int width) {
    session::RunConfig config = setting_.config;
    config.engine.width = width;
    config.engine.lanes = std::min(config.engine.lanes, width);
    const auto memory = TryMemory(config);
    return memory && AllFit(memory->phases) && memory->kv_tokens >= width * PathTokens(*memory);
  }

  void Advise(Plan& plan) {
    constexpr std::array kWidths = {256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 4, 2, 1};
    const auto widest =
        std::ranges::partition_point(kWidths, [&](int width) { return !FitsAtWidth(width); });
    plan.widest = widest == kWidths.end() ? 0 : *widest;
    if (plan.Fits()) return;
    plan.cures = FindCures(setting_, assumed_, models_, [&](const PlanSetting& changed) {
      const auto memory = TryMemory(changed.config);
      return memory && AllFit(memory->phases);
    });
  }

  const PlanOptions& options_;
  PlanDevices devices_;
  PlanModels models_;
  const session::RunConfig& given_;
  Assumptions assumed_;
  PlanSetting setting_;
};

}  // namespace

bool Plan::Fits() const { return AllFit(phases); }

int64_t Plan::HostMemory() const {
  int64_t most = 0;
  for (const PhasePlan& phase : phases) {
    for (const DeviceMemory& device : phase.devices) {
      if (device.device == "cpu") most = std::max(most, device.needed);
    }
  }
  return most;
}

double Plan::Seconds() const {
  double seconds = 0;
  for (const PhasePlan& phase : phases) seconds += phase.seconds;
  return seconds;
}

int64_t Plan::Tokens() const {
  int64_t tokens = 0;
  for (const PhasePlan& phase : phases) tokens += phase.tokens;
  return tokens;
}

Plan MakePlan(const session::RunConfig& config, const PlanOptions& options) {
  return Planner(config, options).Make();
}

std::string WhyItDoesNotFit(const Plan& plan) {
  for (const PhasePlan& phase : plan.phases) {
    for (const DeviceMemory& device : phase.devices) {
      if (device.Fits()) continue;
      return fmt::format("{} needs {} on {}, where {} can be had; {}", phase.name,
                         BytesText(device.needed), device.device,
                         BytesText(device.capacity - device.kept_back),
                         plan.cures.empty() ? "no setting of this configuration fits: use smaller "
                                              "models"
                                            : fmt::format("it fits with {}", plan.cures.front()));
    }
  }
  return "";
}

}  // namespace pgts::train
