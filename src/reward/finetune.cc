// SPDX-License-Identifier: Apache-2.0
#include "reward/finetune.h"

#include <c10/core/Device.h>
#include <fmt/format.h>
#include <torch/cuda.h>
#include <torch/optim/adamw.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "base/stop.h"
#include "base/stopwatch.h"
#include "model/adamw.h"
#include "model/gguf_reader.h"
#include "model/gpu_cache.h"
#include "model/gradient_workers.h"
#include "reward/step_network.h"
#include "reward/training_rows.h"

namespace pgts::reward {
namespace {

using torch::Tensor;

bool ProcessorHasBfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

// For measuring: float32, but for a frozen decoder, whose matrices stand in its own type only.
class PreciseProducts {
 public:
  explicit PreciseProducts(model::Decoder& decoder)
      : decoder_(decoder), compute_type_(decoder.compute_type()) {
    if (!decoder_.frozen()) decoder_.set_compute_type(torch::kFloat32);
  }
  ~PreciseProducts() {
    if (!decoder_.frozen()) decoder_.set_compute_type(compute_type_);
  }
  PreciseProducts(const PreciseProducts&) = delete;
  PreciseProducts& operator=(const PreciseProducts&) = delete;

 private:
  model::Decoder& decoder_;
  torch::ScalarType compute_type_;
};

TreeBatch BatchOf(std::span<const TrainingRow> rows, std::span<const int> indices) {
  std::vector<const TokenTree*> trees;
  for (const int index : indices) trees.push_back(&rows[index].tree);
  return MakeTreeBatch(trees);
}

std::vector<ScoredStep> ScoreRows(StepNetwork& network, std::span<const TrainingRow> rows) {
  torch::NoGradGuard no_grad;
  const PreciseProducts precise(network.decoder());
  std::vector<ScoredStep> scored;
  for (const std::vector<int>& batch : OrderedBatches(rows, kEvaluationSolutions)) {
    ThrowIfStopped();
    const TreeBatch trees = BatchOf(rows, batch);
    const Tensor logits_R2 =
        network.Logits(network.Hidden(trees), trees).to(torch::kCPU, torch::kFloat64);
    const Tensor logit_R = (logits_R2.select(1, 1) - logits_R2.select(1, 0)).contiguous();
    const double* logit = logit_R.data_ptr<double>();
    for (const int index : batch) {
      for (ScoredStep step : rows[index].truth) {
        step.logit = *logit++;
        scored.push_back(std::move(step));
      }
    }
  }
  return scored;
}

RowOptions RowsFor(const FinetuneOptions& options, int max_length) {
  RowOptions rows = RowWeights(options.training);
  rows.solutions_per_row = std::min(options.training.batch_size, kRowSolutions);
  rows.max_length = max_length;
  return rows;
}

// Answers stand last, so that few steps left out may already be most of what says right or wrong.
constexpr double kMuchLeftOut = 0.02;

void TellTooLong(std::span<const labels::LabelledSolution> solutions, const char* split,
                 int max_length) {
  const int64_t count = TooLongCount(solutions, max_length);
  if (count == 0) return;
  const double share =
      static_cast<double>(count) / static_cast<double>(TooLongCount(solutions, /*max_length=*/0));
  const std::string line = fmt::format(
      "{} labelled steps of the {} data ({:.1f} %) end after max_sequence_length = {} tokens: left "
      "out",
      count, split, 100 * share, max_length);
  if (share < kMuchLeftOut) {
    Info("{}", line);
  } else {
    Warn(
        "{}; the last steps, which state answers, go first: raise "
        "optimization.max_sequence_length",
        line);
  }
}

// One run of fine-tuning; its methods are its stages.
class Trainer {
 public:
  Trainer(std::shared_ptr<model::Decoder> decoder, std::span<const labels::LabelledSolution> train,
          std::span<const labels::LabelledSolution> validation, const FinetuneOptions& options)
      : options_(options),
        network_(std::move(decoder)),
        max_length_(std::min<int>(options.max_sequence_length,
                                  static_cast<int>(network_.decoder().shape().context))) {
    RowOptions rows = RowsFor(options, max_length_);
    rows.max_examples = options.training.max_examples;
    train_ = MakeRows(train, rows);
    if (options.training.balance_classes) train_ = MakeRows(train, Balanced(rows, train_));
    validation_ = MakeRows(validation, {.solutions_per_row = rows.solutions_per_row,
                                        .max_length = max_length_});  // of whatever source
    TellTooLong(train, "training", max_length_);
    TellTooLong(validation, "validation", max_length_);
    CheckSupervised(SupervisedCount(train_) > 0, task::Split::kTrain, "max_sequence_length");
    CheckSupervised(SupervisedCount(validation_) > 0, task::Split::kValidation,
                    "max_sequence_length");
    result_.examples = SupervisedCount(train_);
  }

  FinetuneResult Run() {
    const Stopwatch watch;
    Prepare();
    for (int epoch = 0; epoch < options_.training.num_epochs; ++epoch) RunEpoch(epoch);
    Finish();
    result_.seconds = watch.Seconds();
    return std::move(result_);
  }

 private:
  void Prepare() {
    const TrainingOptions& training = options_.training;
    network_.To(torch::Device(training.device));
    if (!network_.decoder().frozen()) {
      const bool half = UsesBfloat16(training, network_.decoder().shape().width);
      network_.decoder().set_compute_type(half ? torch::kBFloat16 : torch::kFloat32);
    }
    parameters_ = network_.Parameters();
    const auto batches = static_cast<int64_t>(EpochBatches(0).size());
    const int window = training.gradient_accumulation_steps;
    const int64_t steps_per_epoch = (batches + window - 1) / window;
    recipe_ = {.learning_rate =
                   network_.decoder().lora() ? training.lora_learning_rate : training.learning_rate,
               .beta2 = 0.99,
               .weight_decay = training.weight_decay,
               .warmup_ratio = training.warmup_ratio,
               .floor_ratio = 0,
               .max_grad_norm = training.max_grad_norm,
               .steps = steps_per_epoch * training.num_epochs};
    optimiser_ = model::MakeAdamW(parameters_, recipe_);
    MakeReplicas();
  }

  // On the CPU each thread takes rows of a step (model/gradient_workers.h).
  void MakeReplicas() {
    const int count = network_.device().is_cpu() ? std::max(1, at::get_num_threads()) : 1;
    std::vector<std::vector<Tensor>> parameters;
    for (int i = 0; i < count; ++i) {
      replicas_.emplace_back(network_.decoder().Replica());
      replicas_.back().To(network_.device());
      parameters.push_back(replicas_.back().Parameters());
    }
    workers_.emplace(parameters_, std::move(parameters));
  }

  RowBatches EpochBatches(int epoch) const {
    const Key key = Key("reward-batches").With(options_.seed).With(static_cast<uint64_t>(epoch));
    return ShuffledBatches(train_, options_.training.batch_size, RandomStream(key));
  }

  void RunEpoch(int epoch) {
    const RowBatches batches = EpochBatches(epoch);
    const int64_t window = options_.training.gradient_accumulation_steps;
    const int64_t evaluations = options_.training.evaluations_per_epoch;
    int64_t evaluated = 0;
    const int64_t total = static_cast<int64_t>(batches.size());
    for (int64_t at = 0; at < total; at += window) {
      ThrowIfStopped();
      const int64_t count = std::min(window, total - at);
      const double done = epoch + static_cast<double>(at + count) / static_cast<double>(total);
      Step(std::span(batches).subspan(at, count), done);
      const int64_t due = (at + count) * evaluations / total;
      if (due > evaluated) Validate(done);
      evaluated = due;
    }
  }

  void Step(std::span<const std::vector<int>> batches, double epoch) {
    const StepTotals totals = TotalsOf(batches);
    const RowBatches shards = Shards(batches);
    std::vector<double> losses(shards.size());
    workers_->Run(static_cast<int>(shards.size()), [&](int worker, int shard) {
      losses[shard] = Backward(replicas_[worker], shards[shard], {totals, shard});
    });
    const double loss = std::accumulate(losses.begin(), losses.end(), 0.0);
    const double norm = model::StepAdamW(*optimiser_, parameters_, recipe_, result_.steps);
    ++result_.steps;
    if (options_.observer.on_step) {
      options_.observer.on_step({.step = result_.steps,
                                 .steps = recipe_.steps,
                                 .epoch = epoch,
                                 .loss = loss,
                                 .grad_norm = norm,
                                 .learning_rate = model::LearningRate(recipe_, result_.steps - 1)});
    }
  }

  // What one forward pass takes: on the CPU a row, which stays in a core's cache and has no
  // padding.
  RowBatches Shards(std::span<const std::vector<int>> batches) const {
    if (!network_.device().is_cpu()) return RowBatches(batches.begin(), batches.end());
    RowBatches rows;
    for (const std::vector<int>& batch : batches) {
      for (const int index : batch) rows.push_back({index});
    }
    return rows;
  }

  // What the sums of a step are divided by.
  struct StepTotals {
    double weight = 0;   // of all examples
    double written = 0;  // tokens of right steps
  };
  StepTotals TotalsOf(std::span<const std::vector<int>> batches) const {
    StepTotals totals;
    for (const std::vector<int>& batch : batches) {
      for (const int index : batch) {
        const TrainingRow& row = train_[index];
        totals.weight += std::accumulate(row.weight.begin(), row.weight.end(), 0.0);
        totals.written += static_cast<double>(std::ranges::count(row.tree.worth_writing, true));
      }
    }
    // A step all of whose examples weigh nothing moves nothing (but keeps the schedule).
    if (totals.weight == 0) totals.weight = 1;
    return totals;
  }

  struct Share {
    StepTotals totals;
    int shard;
  };

  // Adds the gradient of one batch, whose share of the step's loss it returns. Runs beside others.
  double Backward(StepNetwork& network, std::span<const int> batch, Share share) const {
    std::vector<float> targets, weights;  // targets: of label 0, then of label 1
    for (const int index : batch) {
      const TrainingRow& row = train_[index];
      for (size_t i = 0; i < row.label.size(); ++i) {
        targets.push_back(static_cast<float>(1 - row.target[i]));
        targets.push_back(static_cast<float>(row.target[i]));
        weights.push_back(static_cast<float>(row.weight[i] / share.totals.weight));
      }
    }
    const torch::Device device = network.device();
    torch::Generator dropout = DropoutDraws(share.shard);
    const TreeBatch trees = BatchOf(train_, batch);
    const Tensor hidden = network.Hidden(trees);
    const Tensor logits_R2 = network.Logits(hidden, trees, options_.dropout, &dropout);
    const Tensor log_p_R2 = torch::log_softmax(logits_R2, -1);
    const Tensor target_R2 = torch::tensor(targets).to(device).view({-1, 2});
    const Tensor weight_R = torch::tensor(weights).to(device);
    const Tensor loss = -((log_p_R2 * target_R2).sum(1) * weight_R).sum();
    const double text_weight = options_.training.text_loss_weight;
    if (text_weight > 0 && share.totals.written > 0) {
      (loss + network.TextLoss(hidden, trees) * (text_weight / share.totals.written)).backward();
    } else {
      loss.backward();
    }
    return loss.item<double>();
  }

  // Keyed by step and shard: never by the thread that draws.
  torch::Generator DropoutDraws(int shard) const {
    const Key key = Key("reward-dropout")
                        .With(options_.seed)
                        .With(static_cast<uint64_t>(result_.steps))
                        .With(static_cast<uint64_t>(shard));
    return at::detail::createCPUGenerator(key.value());
  }

  void Validate(double epoch) {
    std::vector<ScoredStep> scored = ScoreRows(network_, validation_);
    // What is chosen by is what is deployed: the head with all other evidence.
    const RewardMetrics metrics =
        Measure(scored, CalibrateOn(scored, options_.training.weigh_slips));
    ValidationPoint point{
        .step = result_.steps, .epoch = epoch, .loss = metrics.loss, .step_auc = metrics.step_auc};
    point.best = IsBetter(point, best_);
    if (point.best) {
      best_ = point;
      best_scored_ = std::move(scored);
      KeepWeights();
    }
    result_.validations.push_back(point);
    if (options_.observer.on_validation) options_.observer.on_validation(point);
  }

  void KeepWeights() {
    kept_.clear();
    for (const Tensor& parameter : parameters_) kept_.push_back(parameter.detach().clone());
  }

  void Finish() {
    torch::NoGradGuard no_grad;
    for (size_t i = 0; i < parameters_.size(); ++i) parameters_[i].copy_(kept_[i]);
    if (!network_.decoder().frozen()) network_.decoder().set_compute_type(torch::kFloat32);
    result_.head = network_.GetHead();
    result_.calibration = CalibrateOn(best_scored_, options_.training.weigh_slips);
    result_.metrics = MeasureWhole(best_scored_, result_.calibration);
    // To() moves no gradients: they would keep their memory for as long as the decoder lives.
    for (Tensor& parameter : parameters_) parameter.mutable_grad() = Tensor();
    network_.To(torch::kCPU);
  }

  const FinetuneOptions& options_;
  StepNetwork network_;
  int max_length_;
  std::vector<TrainingRow> train_, validation_;
  std::vector<Tensor> parameters_;
  model::AdamWRecipe recipe_;
  std::unique_ptr<torch::optim::AdamW> optimiser_;
  std::vector<StepNetwork> replicas_;
  std::optional<model::GradientWorkers> workers_;
  std::optional<ValidationPoint> best_;
  std::vector<ScoredStep> best_scored_;
  std::vector<Tensor> kept_;
  FinetuneResult result_;
};

}  // namespace

void CheckTrainingDevice(const std::string& name) {
  const auto parsed = [&] {
    try {
      return c10::Device(name);
    } catch (const c10::Error&) {
      throw Error::Format("reward_training.device = {} is not one of cpu, cuda, cuda:N", name);
    }
  }();
  if (parsed.is_cpu()) return;
  const auto gpus = parsed.is_cuda() ? static_cast<int>(torch::cuda::device_count()) : 0;
  if (parsed.index() >= gpus || gpus == 0) {
    throw Error::Format(
        "reward_training.device = {} is not there: this LibTorch sees {} GPUs; use "
        "cpu, or build with a LibTorch that has CUDA",
        name, gpus);
  }
}

bool UsesBfloat16(const TrainingOptions& options, int64_t width) {
  if (options.compute_type != "auto") return options.compute_type == "bfloat16";
  if (!torch::Device(options.device).is_cpu()) return true;
  // On narrow matrices the conversions cost more than the faster products save (measured at 192).
  constexpr int64_t kWide = 512;
  return width >= kWide && ProcessorHasBfloat16();
}

std::shared_ptr<model::Decoder> ReadLoraDecoder(const std::string& path, int64_t context,
                                                const TrainingOptions& options,
                                                const model::LoraShape& lora, uint64_t seed) {
  const bool half = UsesBfloat16(options, model::ReadGgufShape(path).width);
  auto decoder = model::ReadFrozenGguf(path, context,
                                       half ? model::WeightType::kBF16 : model::WeightType::kF32);
  decoder->AddLora(lora, seed);
  return decoder;
}

bool IsBetter(const ValidationPoint& point, const std::optional<ValidationPoint>& best) {
  if (!best) return true;
  if (std::isnan(point.step_auc) || point.step_auc == best->step_auc) {
    return point.loss < best->loss;
  }
  return std::isnan(best->step_auc) || point.step_auc > best->step_auc;
}

FinetuneResult Finetune(std::shared_ptr<model::Decoder> decoder,
                        std::span<const labels::LabelledSolution> train,
                        std::span<const labels::LabelledSolution> validation,
                        const FinetuneOptions& options) {
  FinetuneResult result = Trainer(std::move(decoder), train, validation, options).Run();
  model::ReleaseGpuCache();  // phase 2 loads its models there
  return result;
}

std::vector<ScoredStep> ScoreSolutions(std::shared_ptr<model::Decoder> decoder, const Head& head,
                                       std::span<const labels::LabelledSolution> solutions,
                                       int max_sequence_length) {
  StepNetwork network(std::move(decoder));
  network.SetHead(head);
  return ScoreRows(network, MakeRows(solutions, {.max_length = max_sequence_length}));
}

}  // namespace pgts::reward
