// SPDX-License-Identifier: Apache-2.0
#include "train/plan_work.h"

#include <algorithm>
#include <numeric>
#include <thread>

#include "llm/llama_devices.h"
#include "llm/llama_raw.h"
#include "policy/training_memory.h"
#include "session/reward_wiring.h"

namespace pgts::train {
namespace {

// Of a card with 24 GB, and of one core, in products of matrices as wide as a model's.
constexpr double kGpuBytesPerSecond = 900e9, kCpuBytesPerSecond = 20e9;
constexpr double kGpuFlops = 35e12, kCoreFlops = 15e9;
// Of a decode's time at full width, what is left after searches that wait for each other.
constexpr double kBusy = 0.6;
// Of the completions that labels may take, the share that is written until one is right. Measured
// on the tiny recipe; held-out steps have completions of their own (labels/monte_carlo.h).
constexpr double kCompletionShare = 0.2, kHeldOutShare = 0.55;

int Threads(const session::RunConfig& config) {
  if (config.engine.threads > 0) return config.engine.threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

double Flops(const std::string& device, const session::RunConfig& config) {
  return llm::IsGpu(device) ? kGpuFlops : kCoreFlops * Threads(config);
}

class Work {
 public:
  explicit Work(const WorkInput& input)
      : input_(input),
        config_(input.config),
        chain_(input.assumed.steps * input.assumed.step_tokens) {}

  void FillIn(PhasePlan& phase) const {
    if (phase.name == "phase 1: labels") Labels(phase);
    if (phase.name == "phase 1: reward model") RewardModel(phase);
    if (phase.name == "phase 2: policy") Policy(phase);
  }

 private:
  double Rollout(int completions, double share) const {
    const double between = input_.assumed.steps - 1;  // steps that need completions of their own
    return chain_ * (1 + share * between * (completions - 1) / 2);
  }

  void Labels(PhasePlan& phase) const {
    const labels::DataOptions& data = config_.reward_data;
    const double share = data.soft_labels ? 1 : kCompletionShare;
    const double tokens =
        data.rollouts_per_problem *
        (data.train_problems * Rollout(data.completions, share) +
         data.validation_problems * Rollout(data.held_out_completions, kHeldOutShare));
    phase.tokens = static_cast<int64_t>(tokens);
    phase.seconds = tokens / input_.rate.tokens_per_second;
  }

  void RewardModel(PhasePlan& phase) const {
    const labels::DataOptions& data = config_.reward_data;
    const reward::TrainingOptions& training = config_.reward_training;
    const double solutions =
        static_cast<double>(data.train_problems) * data.rollouts_per_problem +
        static_cast<double>(data.CorruptionProblems()) * (1 + training.num_incorrect_per_problem);
    const double held_out =
        static_cast<double>(data.validation_problems) * data.rollouts_per_problem;
    const double tokens_of_one =
        0.7 * chain_ + static_cast<double>(input_.assumed.prompt_tokens) / training.batch_size;
    const auto parameters = static_cast<double>(input_.base_parameters);
    const reward::Kind kind = session::RewardKind(config_);
    if (kind == reward::Kind::kHead) {
      phase.seconds = (solutions + held_out) * tokens_of_one * 2 * parameters /
                      Flops(config_.reward_base.device, config_);
      return;
    }
    // Forward 2, backward 4 or, where the weights are frozen, 2; once more forward if checkpointed.
    const double passes = (kind == reward::Kind::kLora ? 4 : 6) +
                          (config_.optimization.use_gradient_checkpointing ? 2 : 0);
    phase.seconds = training.num_epochs * tokens_of_one * parameters *
                    (passes * solutions + 2 * held_out * training.evaluations_per_epoch) /
                    Flops(training.device, config_);
  }

  double NodesOfASearch() const {
    return std::min<double>(config_.search.max_nodes, 4.0 * input_.assumed.steps);
  }

  void Policy(PhasePlan& phase) const {
    const session::LoopSettings& loop = config_.loop;
    const double visits = static_cast<double>(loop.num_iterations) * loop.problems_per_iteration;
    const double known = static_cast<double>(loop.training_problems) * config_.world.world_epochs;
    const double worlds = loop.training_problems > 0 ? std::min(visits, known) : visits;
    const double nodes = NodesOfASearch();
    // Further searches of a problem walk half of what is there already.
    const double grown = 1 + 0.5 * (loop.rollouts_per_problem - 1);
    const double others =
        config_.teacher.tuning_problems + config_.teacher.problems + loop.validation_problems;
    const double tokens = nodes * input_.assumed.step_tokens *
                          ((config_.search.use_policy ? worlds * grown : 0) + others);
    phase.tokens = static_cast<int64_t>(tokens);
    const double written = tokens / input_.rate.tokens_per_second;
    const double judged = input_.memory.scorer_reads_again
                              ? tokens * 2 * static_cast<double>(input_.base_parameters) /
                                    Flops(config_.reward_base.device, config_)
                              : 0;
    const bool side_by_side =
        llm::IsGpu(config_.reward_base.device) &&
        llm::DeviceName(config_.generator.device) != llm::DeviceName(config_.reward_base.device);
    phase.seconds = side_by_side ? std::max(written, judged) : written + judged;
    if (config_.search.use_policy) phase.seconds += Learning(visits * loop.rollouts_per_problem);
  }

  double Learning(double searches) const {
    const double nodes = NodesOfASearch();
    const double read = searches * nodes * nodes / 2;  // nodes in the trees of all decisions
    return config_.ppo.ppo_epochs * read * 6 *
           static_cast<double>(policy::CountWeights(config_.policy_network)) /
           Flops("cpu", config_);
  }

  const WorkInput& input_;
  const session::RunConfig& config_;
  double chain_;  // tokens of a solution
};

}  // namespace

Assumptions Assume(const session::RunConfig& config) {
  Assumptions assumed{
      .prompt_tokens = 370, .step_tokens = 25, .steps = 6};  // GSM8K, three examples
  if (config.task.name == "word_problems") {
    assumed = {.prompt_tokens = 110, .step_tokens = 9, .steps = 8};
  } else if (config.task.name == "countdown") {
    assumed = {.prompt_tokens = 40, .step_tokens = 12, .steps = 4};
  }
  assumed.step_tokens = std::min(assumed.step_tokens, config.generator.max_new_tokens);
  assumed.steps = std::min(assumed.steps, config.search.max_depth);
  assumed.cpu_threads = Threads(config);
  return assumed;
}

Rate AssumedRate(const session::RunConfig& config, const Assumptions& assumed,
                 const llm::ModelInfo& generator, int64_t weights_bytes, int width) {
  const bool gpu = llm::IsGpu(config.generator.device);
  const double resident = static_cast<double>(width) * (assumed.LongPath() * 0.75);
  const double bytes = static_cast<double>(weights_bytes) +
                       resident * static_cast<double>(generator.kv_bytes_per_token);
  const double seconds = bytes / (gpu ? kGpuBytesPerSecond : kCpuBytesPerSecond) +
                         2.0 * static_cast<double>(generator.parameters) * width /
                             Flops(config.generator.device, config);
  return {.tokens_per_second = kBusy * width / seconds,
          .basis = fmt::format(
              "assumed for {} walks side by side on {}", width,
              gpu ? "a GPU that reads 900 GB/s" : fmt::format("{} CPU threads", Threads(config)))};
}

Rate MeasuredRate(const session::RunConfig& config, const Assumptions& assumed, int width) {
  constexpr int kMostWidth = 16, kSteps = 12;
  const auto model = llm::LlamaModel::Load(config.generator.model_name, config.generator.device);
  llm::RawLoad load{
      .layout = llm::RawLayout::kStreams,
      .flash_attention = model->on_gpu(),
      .width = model->on_gpu() ? width : std::min(width, kMostWidth),
      .context = std::min(assumed.prompt_tokens + assumed.steps * assumed.step_tokens / 2,
                          model->info().context_train - kSteps - 1),
      .steps = kSteps,
      .threads = Threads(config)};
  std::vector<llm::Token> text(std::min(200, model->info().vocabulary));
  std::iota(text.begin(), text.end(), 0);
  const double speed = llm::MeasureRaw(*model, load, text).decode;
  return {.tokens_per_second = kBusy * speed,
          .measured = true,
          .basis = fmt::format(
              "measured now: {:.0f} tokens a second of {} sequences on {}, times {} for searches "
              "that wait",
              speed, load.width, model->info().device, kBusy)};
}

void EstimateWork(const WorkInput& input, std::vector<PhasePlan>& phases) {
  const Work work(input);
  for (PhasePlan& phase : phases) work.FillIn(phase);
}

}  // namespace pgts::train
