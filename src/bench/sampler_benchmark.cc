// SPDX-License-Identifier: Apache-2.0
// One token's truncation and draw, by vocabulary: 32 of them must stay under 5 % of a decode of
// width 32 at 150,000.
#include <benchmark/benchmark.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "base/random.h"
#include "llm/sampler.h"

namespace pgts::llm {
namespace {

// Normal with a deviation of 3, as logits of a trained model roughly are.
std::vector<float> Logits(int64_t vocabulary) {
  RandomStream stream(Key("logits"));
  std::vector<float> logits;
  for (int64_t i = 0; i < vocabulary; ++i) {
    const double radius = std::sqrt(-2 * std::log(1 - stream.Uniform()));
    logits.push_back(
        static_cast<float>(3 * radius * std::cos(2 * std::numbers::pi * stream.Uniform())));
  }
  return logits;
}

void Sample(benchmark::State& state, const SamplingOptions& options) {
  const std::vector<float> logits = Logits(state.range(0));
  for (auto unused : state) {
    const TokenDistribution candidates = Truncate(logits, options);
    benchmark::DoNotOptimize(DrawToken(candidates.cumulative, 0.5));
  }
}

void TopP(benchmark::State& state) { Sample(state, {}); }
void TopKTopP(benchmark::State& state) { Sample(state, {.top_k = 50}); }
void MinP(benchmark::State& state) { Sample(state, {.top_p = 1, .min_p = 0.05}); }
void Greedy(benchmark::State& state) { Sample(state, {.temperature = 0}); }

BENCHMARK(TopP)->Arg(288)->Arg(49'152)->Arg(150'000);
BENCHMARK(TopKTopP)->Arg(150'000);
BENCHMARK(MinP)->Arg(150'000);
BENCHMARK(Greedy)->Arg(150'000);

}  // namespace
}  // namespace pgts::llm
