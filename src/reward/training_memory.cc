// SPDX-License-Identifier: Apache-2.0
#include "reward/training_memory.h"

#include <algorithm>

namespace pgts::reward {
namespace {

constexpr int64_t kFloat = 4;  // bytes
constexpr int64_t kHalf = 2;

// The quantities of the header's formulas.
struct Sizes {
  explicit Sizes(const TrainingLoad& load, int64_t rows)
      : rows(rows),
        tokens(load.row_tokens),
        all(rows * tokens),
        width(load.shape.width),
        query(load.shape.heads * load.shape.head_dim),
        key(load.shape.kv_heads * load.shape.head_dim),
        ff(load.shape.ff_width),
        heads(load.shape.heads),
        compute(load.half ? kHalf : kFloat) {}

  int64_t Pairs() const { return rows * tokens * tokens; }  // of tokens that may see each other
  int64_t Attention() const { return compute * heads * Pairs(); }

  int64_t rows, tokens, all, width, query, key, ff, heads, compute;
};

int64_t MatricesOfLayer(const TrainingLoad& load) {
  const Sizes n(load, 1);
  return n.width * (2 * n.query + 2 * n.key + 3 * n.ff);
}

int64_t LoraWeights(const TrainingLoad& load) {
  const Sizes n(load, 1);
  // Sum of in + out over the seven matrices.
  const int64_t sides = 2 * (n.width + n.query) + 2 * (n.width + n.key) + 3 * (n.width + n.ff);
  return load.lora->rank * sides * load.shape.layers;
}

// The mask of a batch as it is made and as the attention adds it.
int64_t Masks(const TrainingLoad& load, const Sizes& n) {
  const int64_t group = load.shape.heads / load.shape.kv_heads;
  return n.Pairs() * (kFloat + group * n.compute) + n.Attention();
}

int64_t KeptByLayer(const TrainingLoad& load, const Sizes& n) {
  const bool learns = !load.lora;
  int64_t bytes = n.all * n.width * (2 * kFloat + 2 * n.compute) +
                  n.compute * n.all * (2 * n.query + 2 * n.key) + n.Attention() +
                  4 * n.compute * n.all * n.ff;
  const bool widened = load.half || learns;  // else the projection itself is read
  if (load.shape.qk_norm && widened) bytes += kFloat * n.all * (n.query + n.key);
  if (load.shape.qk_norm && !widened) bytes += n.compute * n.all * (n.query + n.key);
  if (learns) {
    bytes += kFloat * n.all * 2 * n.width;
    if (load.shape.qk_norm) bytes += kFloat * n.all * (n.query + n.key);
    bytes += n.compute * MatricesOfLayer(load);
  } else {
    bytes += 14 * n.compute * n.all * load.lora->rank;
    if (load.half) bytes += n.compute * LoraWeights(load) / load.shape.layers;  // cast
  }
  return bytes;
}

// What a layer holds for a moment beside what it keeps: the attention's weights once more, or three
// of the feed-forward's inside.
int64_t Passing(const Sizes& n) {
  return std::max(n.Attention(), 3 * n.compute * n.all * n.ff) + kFloat * n.all * n.width;
}

int64_t TextLoss(const TrainingLoad& load, const Sizes& n) {
  return load.text_loss ? n.all * load.shape.vocab * (n.compute + 2 * kFloat) : 0;
}

// A forward pass without gradients, which holds the attention's weights twice.
int64_t MeasuringBytes(const TrainingLoad& load) {
  const Sizes n(load, load.measured_rows);
  return Masks(load, n) + n.Attention() + Passing(n) + kFloat * n.all * 3 * n.width +
         n.compute * n.all * (2 * n.query + 2 * n.key);
}

}  // namespace

int64_t TrainableWeights(const TrainingLoad& load) {
  return load.lora ? LoraWeights(load) : model::CountWeights(load.shape);
}

int64_t ActivationBytes(const TrainingLoad& load) {
  const Sizes n(load, load.rows);
  const int64_t layer = KeptByLayer(load, n);
  const int64_t text = TextLoss(load, n);  // gone before the layers' backward passes
  const int64_t kept = load.checkpointing ? load.shape.layers * kFloat * n.all * n.width +
                                                std::max(layer + Passing(n), text)
                                          : load.shape.layers * layer + std::max(Passing(n), text);
  return Masks(load, n) + kept + 2 * kFloat * n.all * n.width;
}

TrainingMemory TrainingMemoryOf(const TrainingLoad& load) {
  const int64_t trained = kFloat * TrainableWeights(load);
  TrainingMemory memory;
  memory.weights = load.lora
                       ? model::CountWeights(load.shape) * (load.half ? kHalf : kFloat) + trained
                       : trained;
  // Workers collect gradients of their own beside the sum of them (model/gradient_workers.h).
  memory.optimiser = trained * (1 + load.workers + 2 + 1);
  memory.scratch = std::max(load.workers * ActivationBytes(load), MeasuringBytes(load));
  return memory;
}

}  // namespace pgts::reward
