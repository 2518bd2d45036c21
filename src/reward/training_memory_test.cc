// SPDX-License-Identifier: Apache-2.0
#include "reward/training_memory.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "model/allocation_meter.h"
#include "model/decoder.h"
#include "reward/step_network.h"

namespace pgts::reward {
namespace {

// One row of `tokens` in a chain, with readings at the end and in the middle.
TokenTree Chain(int tokens) {
  TokenTree tree;
  for (int i = 0; i < tokens; ++i) {
    tree.tokens.push_back(i % 200);
    tree.parent.push_back(i - 1);
    tree.depth.push_back(i);
    tree.worth_writing.push_back(i > 0);
  }
  tree.readings = {{.node = tokens / 2}, {.node = tokens - 1}};
  return tree;
}

model::DecoderShape Shape(bool qk_norm) {
  return {.vocab = 300,
          .width = 128,
          .layers = 6,
          .heads = 8,
          .kv_heads = 4,
          .head_dim = 32,
          .ff_width = 384,
          .context = 512,
          .qk_norm = qk_norm};
}

int64_t MeasuredActivations(const TrainingLoad& load) {
  auto decoder = std::make_shared<model::Decoder>(load.shape, 1);
  if (load.half) decoder->set_compute_type(torch::kBFloat16);
  if (load.lora) decoder->AddLora(*load.lora, 2);
  decoder->set_checkpointing(load.checkpointing);
  StepNetwork network(decoder);
  const std::vector<TokenTree> rows(load.rows, Chain(static_cast<int>(load.row_tokens)));
  std::vector<const TokenTree*> views;
  for (const TokenTree& row : rows) views.push_back(&row);
  const auto step = [&] {
    const TreeBatch batch = MakeTreeBatch(views);
    const torch::Tensor hidden = network.Hidden(batch);
    torch::Tensor loss = network.Logits(hidden, batch).sum();
    if (load.text_loss) loss = loss + network.TextLoss(hidden, batch);
    loss.backward();
  };
  step();  // from here on the gradients have their memory
  return model::PeakAllocation(step);
}

void ExpectClose(const TrainingLoad& load) {
  const auto measured = static_cast<double>(MeasuredActivations(load));
  const auto planned = static_cast<double>(ActivationBytes(load));
  EXPECT_NEAR(planned / measured, 1, 0.15)
      << (load.lora ? "LoRA" : "full") << (load.half ? ", half" : "")
      << (load.checkpointing ? ", checkpointed" : "") << (load.text_loss ? ", text loss" : "")
      << (load.shape.qk_norm ? ", norms" : "") << ", " << load.rows << " rows of "
      << load.row_tokens << ": " << measured / 1e6 << " MB measured, " << planned / 1e6
      << " planned";
}

TEST(TrainingMemoryTest, ActivationsAreThoseThatLibTorchAllocates) {
  for (const bool lora : {true, false}) {
    for (const bool checkpointing : {true, false}) {
      for (const bool qk_norm : {true, false}) {
        TrainingLoad load{
            .shape = Shape(qk_norm), .checkpointing = checkpointing, .rows = 1, .row_tokens = 160};
        if (lora) load.lora = model::LoraShape{};
        ExpectClose(load);
        load.rows = 3, load.row_tokens = 40;
        ExpectClose(load);
      }
    }
  }
}

TEST(TrainingMemoryTest, HalfPrecisionAndTextLossToo) {
  TrainingLoad load{.shape = Shape(true),
                    .lora = model::LoraShape{},
                    .half = true,
                    .row_tokens = 160};  // slow where the processor has no bfloat16
  ExpectClose(load);
  load.checkpointing = true;
  ExpectClose(load);
  load.half = false, load.text_loss = true, load.row_tokens = 128;
  ExpectClose(load);
}

TEST(TrainingMemoryTest, CountsWhatAnOptimiserMoves) {
  TrainingLoad load{.shape = Shape(true), .lora = model::LoraShape{.rank = 4}};
  model::Decoder decoder(load.shape, 1);
  decoder.AddLora(*load.lora, 2);
  int64_t weights = 0;
  for (const torch::Tensor& weight : decoder.TrainableParameters()) weights += weight.numel();
  EXPECT_EQ(TrainableWeights(load), weights);
  load.lora.reset();
  EXPECT_EQ(TrainableWeights(load), model::CountWeights(load.shape));
  load.workers = 2;
  EXPECT_EQ(TrainingMemoryOf(load).optimiser, 4 * 6 * model::CountWeights(load.shape));
}

}  // namespace
}  // namespace pgts::reward
