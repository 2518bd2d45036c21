// SPDX-License-Identifier: Apache-2.0
// Hidden states at the end of paths.
#include <gtest/gtest.h>

#include <random>

#include "llm/llama_generator.h"
#include "llm/llama_test_engine.h"

namespace pgts::llm {
namespace {

class LlamaEncoderLayout : public testing::TestWithParam<KvLayout> {};

INSTANTIATE_TEST_SUITE_P(, LlamaEncoderLayout,
                         testing::Values(KvLayout::kUnified, KvLayout::kStreams), LayoutName);

// Several contexts, walkers that branch.
TEST_P(LlamaEncoderLayout, HiddenStatesEqualPlainEvaluation) {
  const size_t width = TestModel()->info().width;
  const auto encoder = MakeLlamaEncoder(TestModel(), Options(4, 2, 0, GetParam()));
  std::vector<EncodeRequest> requests;
  for (int w = 0; w < 6; ++w) {
    requests.push_back(
        {Extend(Root(w % 2), std::vector<Token>(2 + w, w)), static_cast<uint64_t>(w)});
  }
  std::vector<float> hidden(requests.size() * width);
  for (int round = 0; round < 3; ++round) {
    encoder->Encode(requests, hidden);
    for (size_t i = 0; i < requests.size(); ++i) {
      EXPECT_LT(Distance(std::span(hidden).subspan(i * width, width),
                         PlainOutput(PathTokens(*requests[i].prefix), true)),
                kTolerance);
      PrefixPtr& prefix = requests[i].prefix;
      if (round == 0) prefix = Extend(prefix, {50, 51});          // goes on
      if (round == 1) prefix = Extend(prefix->parent, {60 + 1});  // branches
    }
  }
  EXPECT_EQ(encoder->counts().scored, 2 + 3 + 4 + 5 + 6 + 7 + 6 * (2 + 1));
}

// Paths longer than the window go on, are cut back and shared, while others' tokens take the cells
// that left it.
TEST(LlamaEncoder, ASlidingWindowThatLostABeginningIsReadAgain) {
  const std::shared_ptr<const LlamaModel> model = ModelOf("gemma3", 6, /*sliding_window=*/16);
  constexpr int kWalkers = 4, kLongest = 120;
  const EngineOptions options{.threads = 1,
                              .width = kWalkers,
                              .pool_size = 1,
                              .context = 256,
                              .layout = KvLayout::kUnified};
  const auto engine = MakeLlamaEncoder(model, options);
  std::vector<float> got(model->info().width), want(model->info().width);
  std::vector<std::vector<Token>> paths(kWalkers);
  std::mt19937 random(7);
  for (int round = 0; round < 150; ++round) {
    const int walker = static_cast<int>(random() % kWalkers);
    std::vector<Token>& path = paths[walker];
    if (random() % 4 == 0) path = paths[random() % kWalkers];
    if (random() % 3 == 0) path.resize(path.size() / (1 + random() % 3));
    for (int added = 1 + static_cast<int>(random() % 20); added > 0; --added) {
      path.push_back(static_cast<Token>(random() % 250));
    }
    if (path.size() > kLongest) path.resize(kLongest / 4);
    const EncodeRequest request{Extend(nullptr, path), static_cast<uint64_t>(walker)};
    engine->Encode({&request, 1}, got);
    MakeLlamaEncoder(model, options)->Encode({&request, 1}, want);
    ASSERT_LT(Distance(got, want), kTolerance) << "round " << round;
  }
}

}  // namespace
}  // namespace pgts::llm
