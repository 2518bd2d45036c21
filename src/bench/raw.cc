// SPDX-License-Identifier: Apache-2.0
#include "bench/raw.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/stats.h"
#include "base/stop.h"
#include "task/task.h"

namespace pgts::bench {
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

RawYardstick::RawYardstick(std::shared_ptr<const llm::LlamaModel> model)
    : model_(std::move(model)), text_(SomeText(model_->tokenizer())) {}

void RawYardstick::Measure(llm::RawLoad load) {
  const int cells = load.width * (load.context + load.steps + load.read);
  const bool skip_unified = !model_->on_gpu() && load.width > 1 && cells > kMostUnifiedCells;
  for (size_t setup = 0; setup < kRawSetups.size(); ++setup) {
    ThrowIfStopped();
    load.layout = kRawSetups[setup].layout;
    load.flash_attention = kRawSetups[setup].flash_attention;
    if (load.layout == llm::RawLayout::kUnified && skip_unified) continue;
    const llm::RawSpeed speed = llm::MeasureRaw(*model_, load, text_);
    decode_[setup].push_back(speed.decode);
    read_[setup].push_back(speed.read);
  }
}

RawBest RawYardstick::Best() const {
  RawBest best;
  for (size_t setup = 0; setup < kRawSetups.size(); ++setup) {
    if (decode_[setup].empty()) continue;
    best.decode = std::max(best.decode, Quantile(decode_[setup], 0.5));
    best.read = std::max(best.read, Quantile(read_[setup], 0.5));
  }
  return best;
}

}  // namespace pgts::bench
