// SPDX-License-Identifier: Apache-2.0
// Sequences in one llama.cpp context, in both layouts.
#include "llm/llama_kv_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/error.h"
#include "llm/llama_test_engine.h"

namespace pgts::llm {
namespace {

class LlamaKvBackendLayout : public testing::TestWithParam<KvLayout> {};

INSTANTIATE_TEST_SUITE_P(, LlamaKvBackendLayout,
                         testing::Values(KvLayout::kUnified, KvLayout::kStreams), LayoutName);

TEST_P(LlamaKvBackendLayout, SharedAndCutPrefixesGivePlainLogits) {
  LlamaKvBackend backend(TestModel(), {.sequences = 3,
                                       .cells = 3 * 256,
                                       .batch_tokens = 64,
                                       .streams = GetParam() == KvLayout::kStreams});
  std::vector<Token> path = PathTokens(*Root(1));
  const auto read = [&](int sequence, int begin) {
    std::vector<Row> rows;
    for (int i = begin; i < static_cast<int>(path.size()); ++i) {
      rows.push_back({path[i], i, sequence, i + 1 == static_cast<int>(path.size())});
    }
    EXPECT_EQ(backend.Evaluate(rows), EvaluateStatus::kDone);
    const auto logits = backend.Output(static_cast<int>(rows.size()) - 1).logits;
    return Distance(logits, PlainOutput(path, false));
  };
  EXPECT_LT(read(0, 0), kTolerance);
  path.insert(path.end(), {7, 8, 9});
  EXPECT_LT(read(0, 40), kTolerance);  // goes on
  backend.Remove(0, 41);
  path.resize(41);
  path.insert(path.end(), {100, 101});
  EXPECT_LT(read(0, 41), kTolerance);  // was cut back
  backend.Share(0, 1, 0, 30);
  path.resize(30);
  path.insert(path.end(), {1, 2, 3});
  EXPECT_LT(read(1, 30), kTolerance);  // shares
  backend.Remove(0, 0);
  path.push_back(5);
  EXPECT_LT(read(1, 33), kTolerance);  // outlives what it shared
  path[10] = 99;
  EXPECT_GT(read(2, 0), -1);
  EXPECT_GT(Distance(PlainOutput(path, false), PlainOutput(PathTokens(*Root(1)), false)), 1);
}

// Sequences that wait leave gaps; what fills them must not stay.
TEST(LlamaKvBackend, StreamsWithGapsGivePlainLogits) {
  constexpr int kSequences = 16;
  LlamaKvBackend backend(
      TestModel(),
      {.sequences = kSequences, .cells = kSequences * 256, .batch_tokens = 64, .streams = true});
  std::vector<std::vector<Token>> paths(kSequences);
  std::mt19937 random(3);
  for (int round = 0; round < 30; ++round) {
    std::vector<Row> rows;
    std::vector<int> written;
    for (int sequence = kSequences - 1; sequence >= 0; --sequence) {  // in no order of llama.cpp's
      if (random() % (round % 2 ? 2 : 12) != 0) continue;
      const int count = 1 + static_cast<int>(random() % 3);
      for (int i = 0; i < count; ++i) {
        const auto token = static_cast<Token>(random() % 250);
        const int position = static_cast<int>(paths[sequence].size());
        rows.push_back({token, position, sequence, i + 1 == count});
        paths[sequence].push_back(token);
      }
      written.push_back(static_cast<int>(rows.size()) - 1);
    }
    if (rows.empty()) continue;
    ASSERT_EQ(backend.Evaluate(rows), EvaluateStatus::kDone);
    for (const int row : written) {
      EXPECT_LT(Distance(backend.Output(row).logits, PlainOutput(paths[rows[row].sequence], false)),
                kTolerance);
    }
  }
}

TEST(LlamaKvBackend, AFullMemoryRefusesAndChangesNothing) {
  LlamaKvBackend backend(TestModel(), {.sequences = 2, .cells = 256, .batch_tokens = 256});
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i) rows.push_back({65, i, 0, i == 199});
  ASSERT_EQ(backend.Evaluate(rows), EvaluateStatus::kDone);
  for (Row& row : rows) row.sequence = 1;
  EXPECT_EQ(backend.Evaluate(rows), EvaluateStatus::kNoCells);
  backend.Remove(0, 0);
  ASSERT_EQ(backend.Evaluate(rows), EvaluateStatus::kDone);
  EXPECT_LT(Distance(backend.Output(199).logits, PlainOutput(std::vector<Token>(200, 65), false)),
            kTolerance);
}

// Sequences of unequal length, and one between them that is left out.
TEST_P(LlamaKvBackendLayout, StatesComeToTheRowsThatAskedForThem) {
  for (const bool logits : {false, true}) {
    LlamaKvBackend backend(TestModel(), {.sequences = 6,
                                         .cells = 6 * 256,
                                         .batch_tokens = 128,
                                         .outputs = logits ? 128 : 0,
                                         .streams = GetParam() == KvLayout::kStreams});
    std::vector<std::vector<Token>> paths(6);
    for (int round = 0; round < 3; ++round) {
      std::vector<Row> rows;
      std::vector<std::vector<Token>> ends;
      for (const int sequence : {3, 0, 1, 5}) {
        const int count = round == 2 && sequence != 1 ? 1 : 10 + 5 * sequence;
        for (int i = 0; i < count; ++i) {
          const bool middle = logits && i % 8 == 3, output = middle || i + 1 == count;
          const int position = static_cast<int>(paths[sequence].size());
          paths[sequence].push_back(65 + (7 * sequence + position) % 20);
          rows.push_back({.token = paths[sequence].back(),
                          .position = position,
                          .sequence = sequence,
                          .logits = output && logits,
                          .state = output});
          ends.push_back(paths[sequence]);
        }
      }
      ASSERT_EQ(backend.Evaluate(rows), EvaluateStatus::kDone);
      for (size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].state) continue;
        const int row = static_cast<int>(i);
        EXPECT_LT(Distance(backend.Output(row).state, PlainOutput(ends[i], true)), kTolerance);
        if (!logits) continue;
        EXPECT_LT(Distance(backend.Output(row).logits, PlainOutput(ends[i], false)), kTolerance);
      }
    }
  }
}

// llama.cpp names no states in PLaMo 3's graph. The evaluation is taken back.
TEST(LlamaKvBackend, AnArchitectureThatGivesNoStatesIsNamed) {
  const std::shared_ptr<const LlamaModel> model = ModelOf("plamo3", 1);
  LlamaKvBackend backend(model, {.sequences = 1, .cells = 256});
  const Row row{.token = 65, .position = 0, .sequence = 0, .state = true};
  for (int tries = 0; tries < 2; ++tries) {
    EXPECT_THAT(
        [&] {
          backend.Evaluate({&row, 1});
        },
        testing::ThrowsMessage<Error>(
            testing::AllOf(testing::HasSubstr(model->info().path), testing::HasSubstr("plamo3"))));
  }
}

}  // namespace
}  // namespace pgts::llm
