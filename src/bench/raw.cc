// SPDX-License-Identifier: Apache-2.0
#include "bench/raw.h"

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

RawYardstick::RawYardstick(std::shared_ptr<const llm::LlamaModel> model, bool only_apt)
    : model_(std::move(model)), only_apt_(only_apt), text_(SomeText(model_->tokenizer())) {}

void RawYardstick::Measure(llm::RawLoad load) {
  const int cells = load.width * (load.context + load.steps + load.read);
  const bool skip_unified =
      only_apt_ && !model_->on_gpu() && load.width > 1 && cells > kMostUnifiedCells;
  for (size_t setup = 0; setup < kRawSetups.size(); ++setup) {
    ThrowIfStopped();
    load.layout = kRawSetups[setup].layout;
    load.flash_attention = kRawSetups[setup].flash_attention;
    if (load.layout == llm::RawLayout::kUnified && skip_unified) continue;
    runs_[setup].push_back(llm::MeasureRaw(*model_, load, text_));
  }
}

double RawYardstick::Median(size_t setup, double llm::RawSpeed::*speed) const {
  std::vector<double> values;
  for (const llm::RawSpeed& run : runs_[setup]) values.push_back(run.*speed);
  return values.empty() ? 0 : Quantile(values, 0.5);
}

size_t RawYardstick::Fastest(double llm::RawSpeed::*speed) const {
  size_t fastest = 0;
  for (size_t setup = 1; setup < kRawSetups.size(); ++setup) {
    if (Median(setup, speed) > Median(fastest, speed)) fastest = setup;
  }
  return fastest;
}

}  // namespace pgts::bench
