// SPDX-License-Identifier: Apache-2.0
// Drawing without replacement, held to the exact probabilities of a toy model.
#include "llm/excluded_steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include "llm/fake_kv_backend.h"
#include "llm/generate_batcher.h"
#include "llm/scripted_generator.h"

namespace pgts::llm {
namespace {

constexpr Token kEnd = ByteTokenizer::kEndOfText;
constexpr size_t kMaxTokens = 3;

// What may follow, with its probability. A step ends with a newline, the end of text or kMaxTokens.
std::map<Token, double> Next(const std::vector<Token>& written) {
  if (written.empty()) return {{'a', 0.6}, {'b', 0.25}, {'\n', 0.1}, {kEnd, 0.05}};
  if (written.back() == 'a') return {{'\n', 0.8}, {'b', 0.15}, {kEnd, 0.05}};
  return {{'\n', 0.5}, {'a', 0.5}};
}

bool Ended(const std::vector<Token>& written) {
  if (written.empty()) return false;
  return written.back() == '\n' || written.back() == kEnd || written.size() == kMaxTokens;
}

using Exact = std::map<std::vector<Token>, double>;  // every step, and how likely it is

void Enumerate(const std::vector<Token>& written, double probability, Exact& steps) {
  if (Ended(written)) {
    steps[written] = probability;
    return;
  }
  for (const auto& [token, share] : Next(written)) {
    std::vector<Token> longer = written;
    longer.push_back(token);
    Enumerate(longer, probability * share, steps);
  }
}

struct Written {
  std::vector<Token> drawn;  // the end-of-text token included
  std::vector<Token> tokens;
  std::vector<float> draw_log_probs;
};

TokenDistribution Candidates(const std::map<Token, double>& next) {
  TokenDistribution candidates;
  double total = 0;
  for (const auto& [token, share] : next) {
    candidates.tokens.push_back(token);
    candidates.log_probs.push_back(static_cast<float>(std::log(share)));
    candidates.cumulative.push_back(total += share);
  }
  return candidates;
}

// Nothing if nothing is left.
std::optional<Written> Draw(const Key& key, const std::vector<Written>& elders) {
  const ByteTokenizer tokenizer;
  std::vector<ExcludedStep> steps;
  for (const Written& elder : elders) steps.push_back({elder.tokens, elder.draw_log_probs});
  ExcludedSteps excluded(steps, tokenizer);
  Written written;
  while (!Ended(written.drawn)) {
    const TokenDistribution candidates = Candidates(Next(written.drawn));
    const std::vector<double> left = excluded.LeftOf(candidates);
    if (left.empty()) return std::nullopt;
    const size_t index = DrawToken(left, key.Uniform(written.drawn.size()));
    const Token token = candidates.tokens[index];
    written.drawn.push_back(token);
    if (token != kEnd) written.tokens.push_back(token);
    written.draw_log_probs.push_back(static_cast<float>(DrawLogProb(candidates, index)));
    excluded.Wrote(token);
  }
  return written;
}

// That `step` is among the first `left` draws, given the drawn ones: successive sampling.
double Inclusion(const Exact& steps, const std::vector<Token>& step, int left,
                 std::vector<std::vector<Token>>& drawn, double mass) {
  if (left == 0) return 0;
  double inclusion = 0;
  for (const auto& [next, probability] : steps) {
    if (std::ranges::find(drawn, next) != drawn.end()) continue;
    double further = 1;
    if (next != step) {
      drawn.push_back(next);
      further = Inclusion(steps, step, left - 1, drawn, mass - probability);
      drawn.pop_back();
    }
    inclusion += probability / mass * further;
  }
  return inclusion;
}

TEST(ExcludedSteps, InclusionIsThatOfSuccessiveSamplingWithoutReplacement) {
  constexpr int kSiblings = 3, kRuns = 20000;
  Exact steps;
  Enumerate({}, 1, steps);
  ASSERT_EQ(steps.size(), 10U);
  std::map<std::vector<Token>, int> among;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<Written> drawn;
    for (int k = 0; k < kSiblings; ++k) {
      drawn.push_back(*Draw(Key("toy").With(run).With(k), drawn));
      ++among[drawn.back().drawn];
    }
  }
  int all = 0;
  for (const auto& [step, probability] : steps) {
    std::vector<std::vector<Token>> drawn;
    const double exact = Inclusion(steps, step, kSiblings, drawn, 1);
    const double error = std::sqrt(exact * (1 - exact) / kRuns);
    EXPECT_NEAR(static_cast<double>(among[step]) / kRuns, exact, 4 * error + 1e-9);
    EXPECT_GT(std::abs(exact - std::min(1.0, kSiblings * probability)), 1e-3);  // a harder question
    all += among[step];
  }
  EXPECT_EQ(all, kSiblings * kRuns);
}

TEST(ExcludedSteps, EveryStepOnceAndThenNothing) {
  Exact steps;
  Enumerate({}, 1, steps);
  std::vector<Written> drawn;
  std::map<std::vector<Token>, int> times;
  for (uint64_t k = 0; k < steps.size(); ++k) {
    const std::optional<Written> next = Draw(Key("all").With(k), drawn);
    ASSERT_TRUE(next) << k;
    ++times[next->drawn];
    drawn.push_back(*next);
  }
  EXPECT_EQ(times.size(), steps.size());
  EXPECT_FALSE(Draw(Key("all").With(99), drawn));
}

GenerateRequest Request(uint64_t number, int top_k, const std::vector<Generation>& elders) {
  GenerateRequest request{.prefix = Extend(nullptr, {65, 66, 67}),
                          .walker = number,
                          .draw = Key("sibling").With(number),
                          .sampling = std::make_shared<SamplingOptions>(SamplingOptions{
                              .temperature = 1, .top_p = 1, .top_k = top_k, .max_new_tokens = 2})};
  for (const Generation& elder : elders) {
    request.excluded.push_back({elder.tokens, elder.draw_log_probs});
  }
  return request;
}

// Through the batcher: two tokens of two candidates each make four steps.
TEST(ExcludedSteps, ABatcherWritesNoExcludedStepAgain) {
  constexpr int kVocabulary = 257, kSequences = 2;
  const ByteTokenizer tokenizer;
  FakeKvBackend backend(kSequences, 1000, kVocabulary, 16);
  TokenLedger ledger;
  GenerateBatcher batcher(
      backend, ledger, {.width = kSequences, .sequences = kSequences, .context = 200}, tokenizer);
  const auto write = [&](GenerateRequest request) {
    Draft draft{.request = std::move(request)};
    Draft* const drafts[] = {&draft};
    batcher.Join(drafts);
    while (!draft.ended) batcher.Write(1);
    return draft.result;
  };
  std::vector<Generation> written;
  GenerateRequest greedy = Request(0, 2, {});
  greedy.most_likely = true;
  written.push_back(write(greedy));
  EXPECT_GT(std::exp(written[0].draw_log_probs[0]), 0.5);
  double mass = 0;
  for (uint64_t k = 1; k < 4; ++k) written.push_back(write(Request(k, 2, written)));
  for (size_t i = 0; i < written.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(written[i].tokens, written[j].tokens);
    ASSERT_EQ(written[i].draw_log_probs.size(), 2U);
    mass += std::exp(written[i].draw_log_probs[0] + written[i].draw_log_probs[1]);
  }
  EXPECT_NEAR(mass, 1, 1e-6);
  const Generation none = write(Request(4, 2, written));
  EXPECT_EQ(none.end, StepEnd::kNothingLeft);
  EXPECT_EQ(none.generated, 0);
  EXPECT_TRUE(none.tokens.empty());
}

}  // namespace
}  // namespace pgts::llm
