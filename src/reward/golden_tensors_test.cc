// SPDX-License-Identifier: Apache-2.0
// What the network is given and supervised on, pinned number by number: token boundaries,
// positions, who sees whom, where scores are read, with which label and weight. A change here is a
// change of every reward model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "labels/corruption.h"
#include "labels/test_fakes.h"
#include "llm/llama_model.h"
#include "reward/step_network.h"
#include "reward/training_rows.h"

namespace pgts::reward {
namespace {

using ::testing::ElementsAre;

std::vector<int64_t> Numbers(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.contiguous().view(-1);
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

// A row of the mask as text: "x" where a token is seen.
std::vector<std::string> Seen(const torch::Tensor& mask_TT) {
  std::vector<std::string> rows;
  for (int64_t t = 0; t < mask_TT.size(0); ++t) {
    rows.emplace_back();
    for (int64_t u = 0; u < mask_TT.size(1); ++u) {
      rows.back() += mask_TT[t][u].item<float>() == 0 ? 'x' : '.';
    }
  }
  return rows;
}

// Two solutions of one problem that part after their first step, and a shorter one of another.
std::vector<TrainingRow> Rows() {
  std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p/1", "Q\n", {{"a\n", 1}, {"b\n", std::nullopt}}),
      labels::TextSolution("p/1", "Q\n", {{"a\n", 1}, {"c\n", 0}}),
      labels::TextSolution("p/2", "R\n", {{"d", 1}})};
  solutions[1].source = labels::Source::kCorruption;
  return MakeRows(solutions, {.corruption_weight = 0.5});
}

TEST(GoldenTensorsTest, TokensPositionsAndMask) {
  const std::vector<TrainingRow> rows = Rows();
  const TokenTree* trees[] = {&rows[0].tree, &rows[1].tree};
  const TreeBatch batch = MakeTreeBatch(trees);
  EXPECT_THAT(Numbers(batch.tokens_BT[0]), ElementsAre('Q', 10, 'a', 10, 'b', 10, 'c', 10));
  EXPECT_THAT(Numbers(batch.tokens_BT[1]), ElementsAre('R', 10, 'd', 0, 0, 0, 0, 0));
  EXPECT_THAT(Numbers(batch.layout.positions_BT[0]), ElementsAre(0, 1, 2, 3, 4, 5, 4, 5));
  EXPECT_THAT(Numbers(batch.layout.positions_BT[1]), ElementsAre(0, 1, 2, 0, 0, 0, 0, 0));
  EXPECT_THAT(Seen(batch.layout.mask_BTT[0]),
              ElementsAre("x.......",    // Q
                          "xx......",    // its newline
                          "xxx.....",    // a
                          "xxxx....",    // its newline: the end of step 1 of both
                          "xxxxx...",    // b
                          "xxxxxx..",    // its newline
                          "xxxx..x.",    // c does not see b
                          "xxxx..xx"));  // nor does its newline
  EXPECT_THAT(Seen(batch.layout.mask_BTT[1]),
              ElementsAre("x.......", "xx......", "xxx.....", "...x....", "....x...", ".....x..",
                          "......x.", ".......x"));
}

TEST(GoldenTensorsTest, ReadingsLabelsAndLossMask) {
  const std::vector<TrainingRow> rows = Rows();
  const TokenTree* trees[] = {&rows[0].tree, &rows[1].tree};
  const TreeBatch batch = MakeTreeBatch(trees);
  // The last token of each step, in the order of solutions and steps; the second row begins at 8.
  EXPECT_THAT(Numbers(batch.readings_R), ElementsAre(3, 5, 3, 7, 10));
  EXPECT_THAT(rows[0].label, ElementsAre(1, -1, 1, 0));
  EXPECT_THAT(rows[0].weight, ElementsAre(1, 0, 0.5, 0.5));  // b is not supervised
  EXPECT_THAT(rows[1].label, ElementsAre(1));
  EXPECT_THAT(rows[1].weight, ElementsAre(1));
  // The text loss: tokens of right steps, each once, predicted at the token before.
  EXPECT_THAT(Numbers(batch.written_W), ElementsAre('a', 10, 'd'));
  EXPECT_THAT(Numbers(batch.writers_W), ElementsAre(1, 2, 9));
}

TEST(GoldenTensorsTest, TruthHoldsWhatIsKnownOfThePath) {
  labels::LabelledSolution solution =
      labels::TextSolution("p/1", "Q\n", {{"a\n", 1}, {"bcd\n", 0}});
  solution.steps[0].log_prob = -1;
  solution.steps[1].log_prob = -3;
  const std::vector<ScoredStep> truth = Truth(solution);
  EXPECT_DOUBLE_EQ(truth[0].path.mean_log_prob, -0.5);
  EXPECT_DOUBLE_EQ(truth[1].path.mean_log_prob, -4.0 / 6);
  EXPECT_DOUBLE_EQ(truth[1].path.least_log_prob, -0.75);
  EXPECT_TRUE(truth[1].path.written);
}

// A step's tokens are its line and its separator, tokenised alone.
TEST(GoldenTensorsTest, TokenBoundariesOfTheEmbeddedModel) {
  const auto model = llm::LlamaModel::Load(PGTS_SOURCE_DIR "/models/tiny.gguf");
  const task::WordProblems task;
  const std::vector<std::string> lines = {"14+9=23", "#### 23"};
  const auto steps = labels::StepTokens(lines, {.tokenizer = model->tokenizer(), .task = task});
  EXPECT_THAT(steps, ElementsAre(ElementsAre('1', '4', '+', '9', '=', '2', '3', 10),
                                 ElementsAre('#', '#', '#', '#', ' ', '2', '3', 10)));
}

TEST(GoldenTensorsTest, TokenBoundariesOfQwen) {
  const char* models = std::getenv("PGTS_MODELS");
  if (models == nullptr) GTEST_SKIP() << "PGTS_MODELS is not set";
  const std::string path = std::string(models) + "/Qwen2.5-Coder-0.5B-Instruct-Q4_K_M.gguf";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "PGTS_MODELS has no " << path;
  const auto model = llm::LlamaModel::Load(path);
  const task::WordProblems task;
  const std::vector<std::string> lines = {"14+9=23", "#### 23"};
  const auto steps = labels::StepTokens(
      lines, {.tokenizer = model->tokenizer(), .task = task, .answer_has_separator = false});
  EXPECT_THAT(steps, ElementsAre(ElementsAre(16, 19, 10, 24, 28, 17, 18, 198),
                                 ElementsAre(820, 220, 17, 18)));
}

}  // namespace
}  // namespace pgts::reward
