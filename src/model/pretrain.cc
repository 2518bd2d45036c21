// SPDX-License-Identifier: Apache-2.0
#include "model/pretrain.h"

#include <ATen/Parallel.h>
#include <torch/nn/functional/loss.h>

#include <algorithm>
#include <numeric>
#include <span>

#include "base/error.h"
#include "base/stopwatch.h"
#include "model/adamw.h"
#include "model/byte_batches.h"
#include "model/byte_vocab.h"
#include "model/decoder.h"
#include "model/gradient_workers.h"

namespace pgts::model {
namespace {

using torch::Tensor;

struct BatchTensors {
  Tensor inputs_BT;   // int64
  Tensor targets_BT;  // int64: the next token
  Tensor prompt_BT;   // float32: 1 where the target is a prompt byte, else 0
  Tensor written_BT;  // float32: 1 where it is a completion byte or the end, else 0
};

BatchTensors MakeTensors(std::span<const ByteSequence> batch) {
  int64_t longest = 0;
  for (const ByteSequence& row : batch) {
    longest = std::max(longest, static_cast<int64_t>(row.tokens.size()));
  }
  const int64_t rows = static_cast<int64_t>(batch.size()), width = longest - 1;
  BatchTensors out{torch::full({rows, width}, kPadToken, torch::kInt64),
                   torch::full({rows, width}, kPadToken, torch::kInt64),
                   torch::zeros({rows, width}), torch::zeros({rows, width})};
  auto inputs = out.inputs_BT.accessor<int64_t, 2>();
  auto targets = out.targets_BT.accessor<int64_t, 2>();
  auto prompt = out.prompt_BT.accessor<float, 2>();
  auto written = out.written_BT.accessor<float, 2>();
  for (int64_t b = 0; b < rows; ++b) {
    const ByteSequence& row = batch[b];
    for (int64_t t = 0; t + 1 < static_cast<int64_t>(row.tokens.size()); ++t) {
      inputs[b][t] = row.tokens[t];
      targets[b][t] = row.tokens[t + 1];
      (t + 1 < row.prompt ? prompt : written)[b][t] = 1.0f;
    }
  }
  return out;
}

struct Losses {
  Tensor total;  // weighted sum over all bytes: what is minimised, to be divided by the weights
  double completion;  // sum over completion bytes: what is reported
};

Losses SumLosses(Decoder& decoder, const BatchTensors& batch, double prompt_loss) {
  const Tensor logits = decoder.Logits(decoder.Forward(batch.inputs_BT));
  const Tensor each = torch::nn::functional::cross_entropy(
      logits.flatten(0, 1), batch.targets_BT.flatten(),
      torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kNone));
  const Tensor written = batch.written_BT.flatten();
  const Tensor weights = written + prompt_loss * batch.prompt_BT.flatten();
  return {(each * weights).sum(), (each.detach() * written).sum().item<double>()};
}

// Consecutive rows of one batch, about kShardTokens tokens each: what one worker's cache holds.
constexpr int64_t kShardTokens = 1024;

std::vector<std::span<const ByteSequence>> Shards(const ByteBatch& batch) {
  const int64_t longest = static_cast<int64_t>(batch.back().tokens.size());
  const size_t rows = static_cast<size_t>(std::max<int64_t>(1, kShardTokens / longest));
  const std::span<const ByteSequence> all(batch);
  std::vector<std::span<const ByteSequence>> shards;
  for (size_t begin = 0; begin < all.size(); begin += rows) {
    shards.push_back(all.subspan(begin, std::min(rows, all.size() - begin)));
  }
  return shards;
}

struct ByteCounts {
  int64_t tokens = 0, prompt = 0, written = 0;  // targets: tokens = prompt + written
};

ByteCounts Count(const ByteBatch& batch) {
  ByteCounts counts;
  for (const ByteSequence& row : batch) {
    const int64_t targets = static_cast<int64_t>(row.tokens.size()) - 1;
    const int64_t prompt = std::max<int64_t>(0, row.prompt - 1);
    counts.tokens += targets;
    counts.prompt += prompt;
    counts.written += targets - prompt;
  }
  return counts;
}

// The decoder, and a replica of it for each thread.
class Trainer {
 public:
  explicit Trainer(const PretrainOptions& options)
      : options_(options),
        decoder_(Make()),
        replicas_(MakeReplicas()),
        workers_(decoder_->parameters(), Parameters()) {}

  const std::shared_ptr<Decoder>& decoder() const { return decoder_; }

  // Leaves the gradient of the weighted mean loss in the decoder; returns the completion loss.
  double Backward(const ByteBatch& batch, const ByteCounts& counts) {
    const auto shards = Shards(batch);
    const double weight = counts.written + options_.prompt_loss * counts.prompt;
    std::vector<double> sums(shards.size());
    workers_.Run(static_cast<int>(shards.size()), [&](int worker, int shard) {
      const Losses losses =
          SumLosses(*replicas_[worker], MakeTensors(shards[shard]), options_.prompt_loss);
      (losses.total / weight).backward();
      sums[shard] = losses.completion;
    });
    return std::accumulate(sums.begin(), sums.end(), 0.0) / counts.written;
  }

 private:
  std::shared_ptr<Decoder> Make() const {
    auto decoder = std::make_shared<Decoder>(options_.shape, options_.seed);
    decoder->set_compute_type(options_.bfloat16 ? torch::kBFloat16 : torch::kFloat32);
    return decoder;
  }
  std::vector<std::shared_ptr<Decoder>> MakeReplicas() const {
    std::vector<std::shared_ptr<Decoder>> replicas(std::max(1, at::get_num_threads()));
    for (auto& replica : replicas) replica = Make();
    return replicas;
  }
  std::vector<std::vector<Tensor>> Parameters() const {
    std::vector<std::vector<Tensor>> parameters;
    for (const auto& replica : replicas_) parameters.push_back(replica->parameters());
    return parameters;
  }

  const PretrainOptions& options_;
  std::shared_ptr<Decoder> decoder_;
  std::vector<std::shared_ptr<Decoder>> replicas_;
  GradientWorkers workers_;
};

AdamWRecipe MakeRecipe(const PretrainOptions& options) {
  return {.learning_rate = options.learning_rate,
          .beta2 = options.beta2,
          .weight_decay = options.weight_decay,
          .warmup_ratio = options.warmup_ratio,
          .floor_ratio = options.floor_ratio,
          .max_grad_norm = options.max_grad_norm,
          .steps = options.steps};
}

void CheckOptions(const PretrainOptions& options) {
  CheckShape(options.shape, "pretraining");
  if (options.shape.vocab < kPadToken + 1) {
    throw Error::Format("pretraining: vocab is {}, bytes need at least {}", options.shape.vocab,
                        kPadToken + 1);
  }
  if (options.steps < 1 || options.batch_tokens < 2) {
    throw Error::Format("pretraining: steps ({}) must be at least 1, batch_tokens ({}) at least 2",
                        options.steps, options.batch_tokens);
  }
}

}  // namespace

std::shared_ptr<Decoder> Pretrain(const PretrainOptions& options, const PretrainSource& source,
                                  const PretrainObserver& observer) {
  CheckOptions(options);
  Trainer trainer(options);
  const std::vector<Tensor> parameters = trainer.decoder()->parameters();
  const AdamWRecipe recipe = MakeRecipe(options);
  const auto optimiser = MakeAdamW(parameters, recipe);
  ByteBatches batches(options, source);

  const Stopwatch watch;
  int64_t seen = 0;
  for (int64_t step = 0; step < options.steps; ++step) {
    const ByteBatch batch = batches.Next();
    const ByteCounts counts = Count(batch);
    const double loss = trainer.Backward(batch, counts);
    const double norm = StepAdamW(*optimiser, parameters, recipe, step);
    seen += counts.tokens;
    if (observer) {
      observer({.step = step + 1,
                .loss = loss,
                .grad_norm = norm,
                .learning_rate = LearningRate(recipe, step),
                .tokens = counts.tokens,
                .tokens_per_second = seen / std::max(1e-9, watch.Seconds())},
               *trainer.decoder());
    }
  }
  return trainer.decoder();
}

}  // namespace pgts::model
