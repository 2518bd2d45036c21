// SPDX-License-Identifier: Apache-2.0
// Finding a walker's slot: every request compares its path with what is resident everywhere.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <vector>

#include "llm/residency.h"

namespace pgts::llm {
namespace {

class NoKvBackend : public KvBackend {
 public:
  EvaluateStatus Evaluate(std::span<const Row>) override { return EvaluateStatus::kDone; }
  RowOutput Output(int) override { return {}; }
  void Remove(int, int) override {}
  void Share(int, int, int, int) override {}
  bool Whole(int) const override { return true; }
  int batch_tokens() const override { return 1; }
};

// Sequences that share a prompt of 100 tokens and then differ.
void TakeASlot(benchmark::State& state) {
  const int sequences = static_cast<int>(state.range(0));
  constexpr int kPrompt = 100, kTokens = 500;
  NoKvBackend backend;
  Residency residency(sequences, backend);
  std::vector<std::vector<Token>> paths;
  for (int i = 0; i < sequences; ++i) {
    std::vector<Token> path(kTokens, i);
    std::fill_n(path.begin(), kPrompt, -1);
    const int sequence = *residency.Take(i, path, 0);
    for (const Token token : path) residency.Append(sequence, token);
    residency.Release(sequence);
    paths.push_back(std::move(path));
  }
  size_t walker = 0;
  for (auto unused : state) {
    residency.Release(*residency.Take(walker, paths[walker], kTokens));
    walker = (walker + 1) % paths.size();
  }
}
BENCHMARK(TakeASlot)->Arg(8)->Arg(64)->Arg(256);

}  // namespace
}  // namespace pgts::llm
