// SPDX-License-Identifier: Apache-2.0
// What it costs a coroutine to wait for a batch.
#include <benchmark/benchmark.h>

#include "base/rounds.h"

namespace pgts {
namespace {

Co<void> AskOften(Gather<int, int>& gather, int times) {
  for (int i = 0; i < times; ++i) {
    const Dispatched<int> answer = co_await gather.Submit(i);
    benchmark::DoNotOptimize(answer.reply);
  }
}

void AwaitsOfManyCoroutines(benchmark::State& state) {
  constexpr int kTimes = 25;
  for (auto unused : state) {
    Rounds rounds;
    Gather<int, int> gather(rounds, "double", [](auto requests, auto replies) {
      for (size_t i = 0; i < requests.size(); ++i) replies[i] = 2 * requests[i];
    });
    for (int i = 0; i < state.range(0); ++i) rounds.Spawn(AskOften(gather, kTimes));
    rounds.Run();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * kTimes);
}
BENCHMARK(AwaitsOfManyCoroutines)->Arg(64)->Arg(1'000);

}  // namespace
}  // namespace pgts
