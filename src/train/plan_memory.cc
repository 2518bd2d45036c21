// SPDX-License-Identifier: Apache-2.0
#include "train/plan_memory.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "base/error.h"
#include "llm/llama_devices.h"
#include "model/gguf_reader.h"
#include "policy/training_memory.h"
#include "reward/finetune.h"
#include "reward/training_memory.h"
#include "session/reward_wiring.h"
#include "train/reward_phase.h"
#include "tree/features.h"

namespace pgts::train {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;
// CUDA's own context, the workspaces of its libraries, and pages that are not used whole.
constexpr int64_t kKeptBackOnGpu = 768 * kMiB;
// The program with LibTorch, before it works; what CUDA's libraries add to it is not measured.
constexpr int64_t kProgram = 160 * kMiB;
constexpr int64_t kProgramWithGpu = 1536 * kMiB;

using reward::Kind;

// The memory of a run as it fills up.
class Filling {
 public:
  explicit Filling(const PlanDevices& devices) : devices_(devices) {}

  void Add(const PartMemory& part) {
    if (part.Total() == 0) return;
    for (PartMemory& known : parts_) {
      if (known.device != part.device || known.what != part.what) continue;
      known.weights += part.weights, known.kv += part.kv;
      known.scratch += part.scratch, known.optimiser += part.optimiser;
      return;
    }
    parts_.push_back(part);
  }

  // As PlanContexts takes it: 0 on a CPU.
  int64_t FreeGpuBytes(const std::string& device) const {
    if (!llm::IsGpu(device)) return 0;
    return std::max<int64_t>(1, Sum(device).HeadRoom());
  }

  PhasePlan Phase(std::string name) const {
    PhasePlan phase{.name = std::move(name), .parts = parts_};
    for (const PartMemory& part : parts_) {
      const auto same = [&](const DeviceMemory& device) { return device.device == part.device; };
      if (std::ranges::none_of(phase.devices, same)) phase.devices.push_back(Sum(part.device));
    }
    return phase;
  }

 private:
  DeviceMemory Sum(const std::string& device) const {
    DeviceMemory sum = devices_.Of(device);
    for (const PartMemory& part : parts_) {
      if (part.device == sum.device) sum.needed += part.Total();
    }
    return sum;
  }

  const PlanDevices& devices_;
  std::vector<PartMemory> parts_;
};

// A part on its device and what it leaves on the host.
void AddBoth(Filling& filling, const std::string& what, const std::string& device,
             const llm::ContextMemory& memory) {
  const auto part = [&](const std::string& where, const llm::ContextMemory::Part& bytes) {
    return PartMemory{.device = where,
                      .what = what,
                      .weights = bytes.weights,
                      .kv = bytes.kv,
                      .scratch = bytes.scratch};
  };
  if (!llm::IsGpu(device)) {
    PartMemory all = part("cpu", memory.device);
    all.weights += memory.host.weights, all.scratch += memory.host.scratch;
    return filling.Add(all);
  }
  filling.Add(part(llm::DeviceName(device), memory.device));
  filling.Add(part("cpu", memory.host));
}

class MemoryOfRun {
 public:
  MemoryOfRun(const session::RunConfig& config, const Assumptions& assumed,
              const PlanDevices& devices, PlanModels& models)
      : config_(config), assumed_(assumed), devices_(devices), models_(models), common_(devices) {}

  MemoryPlan Make(bool trains_reward_model) {
    kind_ = session::RewardKind(config_);
    trains_ = trains_reward_model;
    AddProgram();
    AddGenerator();
    MemoryPlan plan{.kv_tokens = int64_t{contexts_.cells} * contexts_.pool_size,
                    .context = contexts_.batcher.context,
                    .scorer_reads_again = !StatesComeAlong()};
    if (trains_) {
      plan.phases.push_back(common_.Phase("phase 1: labels"));
      plan.phases.push_back(RewardPhase());
    }
    plan.phases.push_back(PolicyPhase());
    return plan;
  }

 private:
  void AddProgram() {
    const bool gpu = llm::IsGpu(config_.generator.device) || llm::IsGpu(config_.reward_base.device);
    common_.Add({.device = "cpu", .what = "program", .scratch = gpu ? kProgramWithGpu : kProgram});
  }

  llm::MemoryPlanner& Planner(const std::string& path, const std::string& device) {
    return models_.Planner(path, device, devices_.Present(device));
  }

  static llm::ContextMemory Weights(const llm::MemoryPlanner& planner) {
    return {.device = {.weights = planner.DeviceWeights()},
            .host = {.weights = planner.HostWeights()}};
  }

  // The contexts of an engine whose weights are there already. Returns how they are laid out.
  llm::ContextPlan AddContexts(Filling& filling, const std::string& what,
                               llm::MemoryPlanner& planner, const llm::EngineOptions& options,
                               llm::ContextUse use) {
    const llm::ContextPlan plan =
        llm::PlanContexts(options, planner.info(), filling.FreeGpuBytes(options.device), use);
    AddBoth(filling, what, options.device, planner.Contexts(plan));
    return plan;
  }

  void AddGenerator() {
    llm::MemoryPlanner& planner = Planner(config_.generator.model_name, config_.generator.device);
    AddBoth(common_, "generator", config_.generator.device, Weights(planner));
    contexts_ = AddContexts(common_, "generator", planner,
                            session::ToEngineOptions(config_.generator, config_.engine),
                            llm::ContextUse::kWrite);
  }

  bool SameFile() const { return session::BaseModelPath(config_) == config_.generator.model_name; }
  bool SameDevice() const {
    return llm::DeviceName(config_.generator.device) == llm::DeviceName(config_.reward_base.device);
  }
  // A head on the generator's own states (llm::GenerateRequest::with_state).
  bool StatesComeAlong() const { return kind_ == Kind::kHead && SameFile(); }

  PhasePlan RewardPhase() {
    Filling filling = common_;
    kind_ == Kind::kHead ? AddReading(filling) : AddFinetuning(filling);
    return filling.Phase("phase 1: reward model");
  }

  void AddReading(Filling& filling) {
    AddFrozenBase(filling);
    llm::EngineOptions engine = session::ScorerEngine(config_);
    engine.width = std::min(engine.width, kReadingWidth);
    llm::MemoryPlanner& base = Planner(session::BaseModelPath(config_), engine.device);
    AddContexts(filling, "reward model", base, engine, llm::ContextUse::kRead);
    const labels::DataOptions& data = config_.reward_data;
    const int64_t solutions =
        int64_t{data.rollouts_per_problem} * (data.train_problems + data.validation_problems) +
        int64_t{data.CorruptionProblems()} *
            (1 + config_.reward_training.num_incorrect_per_problem);
    filling.Add({.device = "cpu",
                 .what = "hidden states",
                 .scratch = solutions * assumed_.steps * base.info().width * 4});
  }

  void AddFrozenBase(Filling& filling) {
    if (SameFile() && SameDevice()) return;
    const std::string& device = config_.reward_base.device;
    AddBoth(filling, "reward model", device,
            Weights(Planner(session::BaseModelPath(config_), device)));
  }

  reward::TrainingLoad Load() const {
    const reward::TrainingOptions& training = config_.reward_training;
    const bool on_cpu = !llm::IsGpu(training.device);
    reward::TrainingLoad load{.shape = session::TrainableShape(config_)};
    load.shape.layers += kind_ == Kind::kFull ? config_.reward_model.extra_layers : 0;
    if (kind_ == Kind::kLora) load.lora = session::Lora(config_);
    load.half = reward::UsesBfloat16(training, load.shape.width);
    load.checkpointing = config_.optimization.use_gradient_checkpointing;
    load.text_loss = training.text_loss_weight > 0;
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    if (on_cpu) load.workers = config_.engine.threads > 0 ? config_.engine.threads : cores;
    // Solutions of one problem share a row and what they begin with.
    const int in_row = std::min(
        {training.batch_size, reward::kRowSolutions,
         config_.reward_data.rollouts_per_problem + 1 + training.num_incorrect_per_problem});
    const auto rows_of = [&](int solutions) { return (solutions + in_row - 1) / in_row; };
    load.rows = on_cpu ? 1 : rows_of(training.batch_size);
    load.measured_rows = rows_of(reward::kEvaluationSolutions);
    const int longest = config_.optimization.max_sequence_length;
    const int prompt = std::min(assumed_.prompt_tokens, longest);
    load.row_tokens = prompt + in_row * std::min(longest, assumed_.LongPath()) - in_row * prompt;
    load.row_tokens = std::max<int64_t>(load.row_tokens, prompt + 1);
    return load;
  }

  void AddFinetuning(Filling& filling) {
    const std::string& device = config_.reward_training.device;
    const reward::TrainingMemory memory = reward::TrainingMemoryOf(Load());
    filling.Add({.device = llm::DeviceName(device),
                 .what = "reward model",
                 .weights = memory.weights,
                 .scratch = memory.scratch,
                 .optimiser = memory.optimiser});
    // It is read on the host before it moves.
    if (llm::IsGpu(device)) {
      filling.Add({.device = "cpu", .what = "reward model", .weights = memory.weights});
    }
  }

  // The file that searches judge with; one that phase 1 makes by its header.
  std::string JudgePath() {
    if (kind_ != Kind::kFull || !trains_) return session::BaseModelPath(config_);
    model::DecoderShape shape = session::TrainableShape(config_);
    shape.layers += config_.reward_model.extra_layers;
    const model::WeightType type = model::ParseWeightType(config_.reward_model.weight_type);
    return models_.Header(fmt::format("fine-tuned-{}", shape.layers), shape, type);
  }

  void AddJudge(Filling& filling) {
    const llm::EngineOptions engine = session::ScorerEngine(config_);
    llm::MemoryPlanner& judge = Planner(JudgePath(), engine.device);
    if (kind_ == Kind::kFull) {
      AddBoth(filling, "reward model", engine.device, Weights(judge));
    } else {
      AddFrozenBase(filling);
    }
    if (kind_ == Kind::kLora) {
      const reward::TrainingLoad load{.shape = session::TrainableShape(config_),
                                      .lora = session::Lora(config_)};
      filling.Add({.device = llm::DeviceName(engine.device),
                   .what = "reward model",
                   .weights = 4 * reward::TrainableWeights(load)});
    }
    if (StatesComeAlong()) return;
    AddContexts(filling, "reward model", judge, engine, llm::ContextUse::kRead);
  }

  PhasePlan PolicyPhase() {
    Filling filling = common_;
    AddJudge(filling);
    if (config_.search.use_policy) {
      // The trees of a batch stand at all stages of their searches.
      const int64_t nodes = int64_t{config_.search.max_nodes} / 2 + 1;
      const policy::PolicyMemory memory =
          policy::PolicyMemoryOf(config_.policy_network, nodes * MostDecisionsOfABatch());
      filling.Add({.device = "cpu",
                   .what = "policy",
                   .weights = memory.weights,
                   .scratch = memory.scratch + RecordedFeatures(),
                   .optimiser = memory.optimiser});
    }
    return filling.Phase("phase 2: policy");
  }

  int64_t MostDecisionsOfABatch() const {
    return std::max(config_.ppo.batch_size, config_.warm_start.batch_size);
  }

  // Of an iteration's searches, which on average have half of their nodes.
  int64_t RecordedFeatures() const {
    const int64_t searches =
        std::max(int64_t{config_.loop.problems_per_iteration} * config_.loop.rollouts_per_problem,
                 int64_t{config_.teacher.problems} * config_.teacher.passes);
    const int64_t nodes = std::min<int64_t>(config_.search.max_nodes, int64_t{4} * assumed_.steps);
    return searches * nodes * (nodes / 2 + 1) * (tree::kNodeFeatures + tree::kEdgeFeatures) * 4;
  }

  const session::RunConfig& config_;
  const Assumptions& assumed_;
  const PlanDevices& devices_;
  PlanModels& models_;
  Filling common_;  // the program and the generator, which every phase has
  llm::ContextPlan contexts_;
  Kind kind_ = Kind::kHead;
  bool trains_ = true;
};

DeviceMemory KnownGpu(const llm::Device& device) {
  return {.device = device.name, .capacity = device.free_bytes, .kept_back = kKeptBackOnGpu};
}

}  // namespace

PlanDevices::PlanDevices(const std::vector<int64_t>& device_memory) : here_(device_memory.empty()) {
  if (!here_) {
    known_.push_back({.device = "cpu"});
    for (const int64_t bytes : device_memory) {
      known_.push_back({.device = fmt::format("cuda:{}", known_.size() - 1),
                        .capacity = bytes,
                        .kept_back = kKeptBackOnGpu});
    }
    return;
  }
  for (const llm::Device& device : llm::ListDevices()) {
    // What other programs hold of the host's memory they may give up; of a GPU's they do not.
    known_.push_back(device.name == "cpu"
                         ? DeviceMemory{.device = device.name, .capacity = device.total_bytes}
                         : KnownGpu(device));
  }
}

DeviceMemory PlanDevices::Of(const std::string& device) const {
  const std::string name = llm::DeviceName(device);
  const auto found = std::ranges::find(known_, name, &DeviceMemory::device);
  if (found != known_.end()) return *found;
  if (here_) {
    try {
      return KnownGpu(llm::DescribeGpu(device));
    } catch (const Error& missing) {
      throw Error::Format("{}; pgts plan --device-memory 24GiB,24GiB plans for another machine",
                          missing.what());
    }
  }
  throw Error::Format("device '{}' is not among the {} of --device-memory, cuda:0 to cuda:{}",
                      device, known_.size() - 1, known_.size() - 2);
}

bool PlanDevices::Present(const std::string& device) const { return here_ && llm::IsGpu(device); }

MemoryPlan PlanMemory(const session::RunConfig& config, bool trains_reward_model,
                      const Assumptions& assumed, const PlanDevices& devices, PlanModels& models) {
  for (const std::string& device : {config.generator.device, config.reward_base.device}) {
    static_cast<void>(devices.Of(device));
  }
  return MemoryOfRun(config, assumed, devices, models).Make(trains_reward_model);
}

}  // namespace pgts::train
