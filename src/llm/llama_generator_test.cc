// SPDX-License-Identifier: Apache-2.0
// Steps that walkers write.
#include "llm/llama_generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "llm/llama_test_engine.h"
#include "llm/sampler.h"

namespace pgts::llm {
namespace {

std::shared_ptr<const SamplingOptions> Sampling(int max_new_tokens = 10, double temperature = 1) {
  return std::make_shared<SamplingOptions>(
      SamplingOptions{.temperature = temperature, .top_p = 0.95, .max_new_tokens = max_new_tokens});
}

// Replays a generation token by token on plain logits: each drawn token must be the one that the
// draw picks there, or one whose cumulative weight lies within rounding of it.
void ExpectPlain(const GenerateRequest& request, const Generation& result,
                 double tolerance = kTolerance) {
  std::vector<Token> path = PathTokens(*request.prefix);
  double log_prob = 0;
  for (int i = 0; i < result.generated; ++i) {
    const std::vector<float> logits = PlainOutput(path, false);
    const TokenDistribution all = Truncate(logits, {.temperature = 1, .top_p = 1});
    const bool ended = i == static_cast<int>(result.tokens.size());
    const Token token = ended ? kTestEndOfText : result.tokens[i];
    const size_t rank = std::find(all.tokens.begin(), all.tokens.end(), token) - all.tokens.begin();
    ASSERT_LT(rank, all.tokens.size());
    log_prob += all.log_probs[rank];
    const TokenDistribution kept = Truncate(logits, *request.sampling);
    const double target = request.draw.Uniform(i) * kept.cumulative.back();
    const double slack = tolerance * kept.cumulative.back();
    const size_t place =
        std::find(kept.tokens.begin(), kept.tokens.end(), token) - kept.tokens.begin();
    if (place < kept.tokens.size()) {
      EXPECT_LE(place == 0 ? 0 : kept.cumulative[place - 1], target + slack);
      EXPECT_GE(kept.cumulative[place], target - slack);
    } else {  // at the truncation's edge
      EXPECT_GE(target, kept.cumulative.back() - slack);
    }
    path.push_back(token);
  }
  EXPECT_NEAR(result.log_prob, log_prob, tolerance * (1 + result.generated));
}

struct Walked {
  std::vector<GenerateRequest> requests;
  std::vector<Generation> results;
};

// Walkers that go on, branch and backtrack.
Walked Walk(Generator& generator, int walkers, int rounds, bool states = false) {
  std::mt19937 random(11);
  std::vector<PrefixPtr> at;
  for (int w = 0; w < walkers; ++w) at.push_back(Root(w % 3));
  Walked walked;
  const auto sampling = Sampling();
  for (int round = 0; round < rounds; ++round) {
    std::vector<GenerateRequest> requests;
    for (int w = 0; w < walkers; ++w) {
      requests.push_back(
          {at[w], static_cast<uint64_t>(w), Key("draw").With(round).With(w), sampling, states});
    }
    const std::vector<Generation> results = WriteAll(generator, requests);
    for (int w = 0; w < walkers; ++w) {
      if (random() % 3 > 0) at[w] = Extend(at[w], results[w].tokens);
      if (random() % 3 == 0 && at[w]->parent) at[w] = at[w]->parent;
      walked.requests.push_back(requests[w]);
      walked.results.push_back(results[w]);
    }
  }
  return walked;
}

void ExpectAllPlain(const Walked& walked, double tolerance = kTolerance) {
  for (size_t i = 0; i < walked.requests.size(); ++i) {
    SCOPED_TRACE(i);
    ExpectPlain(walked.requests[i], walked.results[i], tolerance);
  }
}

class LlamaGeneratorLayout : public testing::TestWithParam<KvLayout> {};

INSTANTIATE_TEST_SUITE_P(, LlamaGeneratorLayout,
                         testing::Values(KvLayout::kUnified, KvLayout::kStreams), LayoutName);

TEST_P(LlamaGeneratorLayout, WalksEqualPlainEvaluation) {
  for (const int pool_size : {1, 3}) {
    const auto generator = MakeLlamaGenerator(TestModel(), Options(6, pool_size, 0, GetParam()));
    ExpectAllPlain(Walk(*generator, 6, 5));
    const TokenCounts& counts = generator->counts();
    EXPECT_EQ(counts.restored, 0);
    EXPECT_EQ(counts.prompt, 20 + 3 * 20);  // each once, though contexts read it each for itself
    if (pool_size == 1) {
      EXPECT_LE(counts.reevaluated, 0.02 * (counts.prompt + counts.evaluated));
    }
  }
}

// Walkers' names are used again: who comes anew with one must not push out who waits.
TEST(LlamaGenerator, ANewWalkerTakesTheSlotOfWhoLeft) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(6, 3));
  const auto write = [&](const std::vector<std::pair<uint64_t, PrefixPtr>>& visits) {
    std::vector<GenerateRequest> requests;
    for (const auto& [walker, at] : visits) {
      requests.push_back({at, walker, Key("draw").With(walker), Sampling()});
    }
    WriteAll(*generator, requests);
  };
  std::vector<std::pair<uint64_t, PrefixPtr>> first;
  for (int w = 0; w < 6; ++w) first.emplace_back(w, Extend(Root(w / 2), {w, w, w}));
  write(first);
  for (int problem = 3; problem < 9; ++problem) {  // walkers 0 and 3 end and come anew
    write({{0, Root(problem, 60)}, {3, Root(problem, 60)}});
  }
  const int64_t before = generator->counts().reevaluated;
  for (const int stayed : {1, 2, 4, 5}) first[stayed].second = Extend(first[stayed].second, {7});
  write({first[1], first[2], first[4], first[5]});
  EXPECT_LE(generator->counts().reevaluated, before + 4);
}

TEST(LlamaGenerator, TooLittleMemoryIsSlowerNotWrong) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(8, 1, /*cells=*/256));
  ExpectAllPlain(Walk(*generator, 8, 6));
  EXPECT_GT(generator->counts().reevaluated, 0);
  EXPECT_EQ(generator->context(), 256);
}

TEST_P(LlamaGeneratorLayout, SameCallsGiveTheSameBytes) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(6, 2, 0, GetParam()));
  const Walked first = Walk(*generator, 6, 4);
  generator->Forget();
  const Walked again = Walk(*generator, 6, 4);
  const Walked other = Walk(*MakeLlamaGenerator(TestModel(), Options(6, 2, 0, GetParam())), 6, 4);
  for (size_t i = 0; i < first.results.size(); ++i) {
    EXPECT_EQ(first.results[i].tokens, again.results[i].tokens);
    EXPECT_EQ(first.results[i].log_prob, again.results[i].log_prob);
    EXPECT_EQ(first.results[i].log_prob, other.results[i].log_prob);
  }
}

TEST_P(LlamaGeneratorLayout, FlashAttentionAgrees) {
  EngineOptions options = Options(6, 1, 0, GetParam());
  options.flash_attention = 1;
  ExpectAllPlain(Walk(*MakeLlamaGenerator(TestModel(), options), 6, 3), 3 * kTolerance);
}

TEST_P(LlamaGeneratorLayout, StatesEqualPlainEvaluation) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(6, 2, 0, GetParam()));
  const Walked walked = Walk(*generator, 6, 5, /*states=*/true);
  ExpectAllPlain(walked);
  for (size_t i = 0; i < walked.results.size(); ++i) {
    std::vector<Token> path = PathTokens(*walked.requests[i].prefix);
    path.insert(path.end(), walked.results[i].tokens.begin(), walked.results[i].tokens.end());
    EXPECT_LT(Distance(walked.results[i].state, PlainOutput(path, true)), kTolerance);
  }
  for (const Generation& result : Walk(*generator, 6, 2).results) {
    EXPECT_THAT(result.state, testing::IsEmpty());
  }
}

TEST(LlamaGenerator, GreedyIsTheArgmaxOfPlainLogits) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(2, 1));
  const GenerateRequest request{Root(2), 1, Key("d"), Sampling(8, 0)};
  const Generation result = WriteAll(*generator, {&request, 1})[0];
  ASSERT_GT(result.tokens.size(), 0u);
  ExpectPlain(request, result);
}

TEST(LlamaGenerator, APromptBeyondTheContextIsContextFull) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(2, 1));
  const GenerateRequest request{Root(1, 512), 1, Key("d"), Sampling()};
  const Generation result = WriteAll(*generator, {&request, 1})[0];
  EXPECT_EQ(result.end, StepEnd::kContextFull);
  EXPECT_TRUE(result.tokens.empty());
}

}  // namespace
}  // namespace pgts::llm
