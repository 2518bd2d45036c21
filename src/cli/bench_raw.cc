// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_raw.h"

#include <algorithm>
#include <string>

#include "base/stop.h"
#include "task/task.h"

namespace pgts::cli {
namespace {

// On a CPU the unified layout, whose rows scan the cells of all sequences, has never been the best
// of several with more (docs/PERFORMANCE.md); of tens of thousands it takes minutes to say so.
constexpr int kMostUnifiedCells = 4096;

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
  RawBest best;
  for (const RawSetup& setup : kRawSetups) {
    ThrowIfStopped();
    if (setup.layout == llm::RawLayout::kUnified && skip_unified) continue;
    load.layout = setup.layout;
    load.flash_attention = setup.flash_attention;
    const llm::RawSpeed speed = llm::MeasureRaw(model, load, text);
    best.decode = std::max(best.decode, speed.decode);
    best.read = std::max(best.read, speed.read);
  }
  return best;
}

}  // namespace pgts::cli
