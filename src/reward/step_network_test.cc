// SPDX-License-Identifier: Apache-2.0
#include "reward/step_network.h"

#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <memory>

#include "labels/test_fakes.h"
#include "model/tiny_shape.h"
#include "reward/token_tree.h"

namespace pgts::reward {
namespace {

std::shared_ptr<model::Decoder> SmallDecoder() {
  return std::make_shared<model::Decoder>(model::TinyShape(), /*seed=*/1);
}

// The plain way: -log p of text[from, to) after what stands before it, in a row of its own.
double PlainLoss(model::Decoder& decoder, std::string_view text, int from, int to) {
  const std::vector<llm::Token> bytes = labels::Bytes(text);
  const std::vector<int64_t> ids(bytes.begin(), bytes.end());
  const torch::Tensor log_p_TV = torch::log_softmax(
      decoder.Logits(decoder.Forward(torch::tensor(ids).unsqueeze(0))).squeeze(0), -1);
  double loss = 0;
  for (int t = from; t < to; ++t) loss -= log_p_TV[t - 1][ids[t]].item<double>();
  return loss;
}

TEST(StepNetworkTest, TextLossIsThatOfRightStepsInPlainRowsEachTokenOnce) {
  torch::NoGradGuard no_grad;
  StepNetwork network(SmallDecoder());
  const std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p/1", "Q\n", {{"ab\n", 1}, {"cd\n", 1}}),
      labels::TextSolution("p/1", "Q\n", {{"ab\n", 1}, {"xy\n", 0}, {"z\n", 0}}),
      labels::TextSolution("p/1", "Q\n", {{"e\n", std::nullopt}})};
  const std::vector<const labels::LabelledSolution*> all = {&solutions[0], &solutions[1],
                                                            &solutions[2]};
  const TokenTree tree = BuildTokenTree(all, 64);
  const std::vector<const TokenTree*> rows = {&tree};
  const TreeBatch batch = MakeTreeBatch(rows);
  const torch::Tensor hidden = network.Hidden(batch);

  EXPECT_EQ(batch.written_W.numel(), 6);  // "ab\n" once, "cd\n"
  EXPECT_NEAR(network.TextLoss(hidden, batch).item<double>(),
              PlainLoss(network.decoder(), "Q\nab\ncd\n", 2, 8), 1e-4);
}

TEST(StepNetworkTest, NothingRightMeansNoTextLoss) {
  StepNetwork network(SmallDecoder());
  const labels::LabelledSolution wrong = labels::TextSolution("p/1", "Q\n", {{"x\n", 0}});
  const std::vector<const labels::LabelledSolution*> all = {&wrong};
  const TokenTree tree = BuildTokenTree(all, 64);
  const std::vector<const TokenTree*> rows = {&tree};
  const TreeBatch batch = MakeTreeBatch(rows);
  EXPECT_EQ(batch.written_W.numel(), 0);
  EXPECT_EQ(network.TextLoss(network.Hidden(batch), batch).item<double>(), 0);
}

}  // namespace
}  // namespace pgts::reward
