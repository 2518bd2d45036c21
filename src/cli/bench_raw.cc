// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_raw.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "base/progress.h"
#include "base/stats.h"
#include "base/stop.h"
#include "task/task.h"

namespace pgts::cli {
namespace {

// On a CPU the unified layout, whose rows scan the cells of all sequences, has never been the best
// of several with more (docs/PERFORMANCE.md); of tens of thousands it takes minutes to say so.
constexpr int kMostUnifiedCells = 4096;
constexpr int kRounds = 3;  // a machine's speed may drift by a fifth from one minute to the next

}  // namespace

std::vector<llm::Token> SomeText(const llm::Tokenizer& tokenizer) {
  const auto task = task::MakeTask("word_problems");
  std::string text;
  for (int64_t i = 0; i < 64; ++i) text += task->Get(task::Split::kTrain, i).solution + "\n";
  return tokenizer.Tokenize(text, /*parse_special=*/false);
}

RawBest BestRaw(const llm::LlamaModel& model, llm::RawLoad load) {
  const std::vector<llm::Token> text = SomeText(model.tokenizer());
  const int cells = load.width * (load.context + load.steps + load.read);
  const bool skip_unified = !model.on_gpu() && load.width > 1 && cells > kMostUnifiedCells;
  std::vector<RawSetup> setups(kRawSetups.begin(), kRawSetups.end());
  if (skip_unified) {
    std::erase_if(setups, [](const RawSetup& s) { return s.layout == llm::RawLayout::kUnified; });
  }
  std::vector<std::vector<double>> decode(setups.size()), read(setups.size());
  Progress progress("bound", kRounds * std::ssize(setups), "measurements");
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < setups.size(); ++i) {
      ThrowIfStopped();
      load.layout = setups[i].layout;
      load.flash_attention = setups[i].flash_attention;
      const llm::RawSpeed speed = llm::MeasureRaw(model, load, text);
      decode[i].push_back(speed.decode);
      read[i].push_back(speed.read);
      progress.Advance(1);
    }
  }
  RawBest best;
  for (size_t i = 0; i < setups.size(); ++i) {
    best.decode = std::max(best.decode, Quantile(decode[i], 0.5));
    best.read = std::max(best.read, Quantile(read[i], 0.5));
  }
  return best;
}

}  // namespace pgts::cli
