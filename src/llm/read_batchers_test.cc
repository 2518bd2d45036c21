// SPDX-License-Identifier: Apache-2.0
// The batchers that read: hidden states of paths, log-probabilities of given text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/error.h"
#include "llm/encode_batcher.h"
#include "llm/fake_kv_backend.h"
#include "llm/sampler.h"

namespace pgts::llm {
namespace {

constexpr int kVocabulary = 257;  // the byte tokenizer's

// Twenty tokens, ten of which all problems share.
PrefixPtr ProblemPath(int problem) {
  std::vector<Token> tokens;
  for (int i = 0; i < 20; ++i) tokens.push_back(i < 10 ? 65 : 66 + problem);
  return Extend(nullptr, tokens);
}

// The hidden state of each request, in one call.
std::vector<std::vector<float>> Encode(EncodeBatcher& batcher,
                                       std::span<const EncodeRequest> requests) {
  std::vector<std::vector<float>> hidden(requests.size(), std::vector<float>(kFakeWidth));
  std::vector<const EncodeRequest*> ask;
  for (const EncodeRequest& request : requests) ask.push_back(&request);
  const std::vector<std::span<float>> rows(hidden.begin(), hidden.end());
  batcher.Encode(ask, rows);
  return hidden;
}

std::vector<float> Plain(const EncodeRequest& request) {
  return FakeState(PathTokens(*request.prefix));
}

// Whatever walkers ask for, in whatever memory: the states are those of reading from the start.
RC_GTEST_PROP(EncodeBatcherProperty, AnyWalkEqualsReadingEveryPathFromItsStart, ()) {
  enum Move { kExtend, kBranch, kBack, kForget, kLeave, kMoves };
  const int walkers = *rc::gen::inRange(1, 7);
  const size_t batch = *rc::gen::inRange(1, 7);
  const auto moves = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, walkers * kMoves));
  const int width = *rc::gen::inRange(1, 5);
  FakeKvBackend backend(width, /*cells=*/*rc::gen::inRange(150, 1500), kVocabulary,
                        /*batch_tokens=*/7);
  TokenLedger ledger;
  EncodeBatcher batcher(backend, ledger, {.width = width, .sequences = width, .context = 100});
  std::vector<PrefixPtr> at;
  for (int walker = 0; walker < walkers; ++walker) at.push_back(ProblemPath(walker % 2));
  for (size_t begin = 0; begin < moves.size(); begin += batch) {
    std::vector<EncodeRequest> requests;
    for (size_t i = begin; i < std::min(begin + batch, moves.size()); ++i) {
      const auto walker = static_cast<uint64_t>(moves[i] / kMoves);
      const int move = moves[i] % kMoves;
      PrefixPtr& here = at[walker];
      if (move == kBack && here->parent) here = here->parent;
      if (move == kForget) batcher.Forget();
      if (move == kLeave) batcher.Leave(walker);
      const PrefixPtr step = Extend(here, {static_cast<Token>(i % 50), 3, 4});
      if (move == kExtend && step->length < 90) here = step;
      requests.push_back({step, walker});
    }
    const std::vector<std::vector<float>> hidden = Encode(batcher, requests);
    for (size_t i = 0; i < requests.size(); ++i) RC_ASSERT(hidden[i] == Plain(requests[i]));
  }
}

TEST(EncodeBatcher, EqualsPlainAndCountsEachTokenOnce) {
  FakeKvBackend backend(3, 400, kVocabulary, 7);
  TokenLedger ledger;
  EncodeBatcher batcher(backend, ledger, {.width = 3, .sequences = 3, .context = 100});
  const PrefixPtr root = ProblemPath(0);
  const PrefixPtr first = Extend(root, {1, 2, 3});
  const std::vector<EncodeRequest> requests = {
      {first, 1}, {Extend(root, {1, 2, 4}), 2}, {Extend(first, {5, 6}), 3}, {root, 4}};
  const std::vector<std::vector<float>> hidden = Encode(batcher, requests);
  for (size_t i = 0; i < requests.size(); ++i) EXPECT_EQ(hidden[i], Plain(requests[i]));
  EXPECT_EQ(ledger.counts().prompt, 20);
  EXPECT_EQ(ledger.counts().scored, 6);
}

TEST(EncodeBatcher, ASiblingOfTheSameTextCostsNothing) {
  FakeKvBackend backend(2, 400, kVocabulary, 16);
  TokenLedger ledger;
  EncodeBatcher batcher(backend, ledger, {.width = 2, .sequences = 2, .context = 100});
  const PrefixPtr root = ProblemPath(0);
  const auto encode = [&](std::vector<Token> step) {
    const EncodeRequest request{Extend(root, std::move(step)), 1};
    EXPECT_EQ(Encode(batcher, {&request, 1})[0], Plain(request));
  };
  encode({1, 2});
  encode({3, 4});
  const int64_t before = backend.tokens;
  encode({1, 2});
  EXPECT_EQ(backend.tokens, before);
  EXPECT_EQ(ledger.counts().reevaluated, 0);
  batcher.Forget();
  encode({1, 2});
  EXPECT_GT(backend.tokens, before);
}

TEST(EncodeBatcher, APathBeyondTheContextIsAnError) {
  FakeKvBackend backend(1, 400, kVocabulary, 16);
  TokenLedger ledger;
  EncodeBatcher batcher(backend, ledger, {.width = 1, .sequences = 1, .context = 10});
  const EncodeRequest request{ProblemPath(0), 1};
  EXPECT_THROW(Encode(batcher, {&request, 1}), Error);
}

}  // namespace
}  // namespace pgts::llm
