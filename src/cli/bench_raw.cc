// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_raw.h"

#include <algorithm>
#include <string>

#include "base/stop.h"
#include "task/task.h"

namespace pgts::cli {

std::vector<llm::Token> SomeText(const llm::Tokenizer& tokenizer) {
  const auto task = task::MakeTask("word_problems");
  std::string text;
  for (int64_t i = 0; i < 64; ++i) text += task->Get(task::Split::kTrain, i).solution + "\n";
  return tokenizer.Tokenize(text, /*parse_special=*/false);
}

RawBest BestRaw(const llm::LlamaModel& model, llm::RawLoad load) {
  const std::vector<llm::Token> text = SomeText(model.tokenizer());
  RawBest best;
  for (const RawSetup& setup : kRawSetups) {
    ThrowIfStopped();
    load.layout = setup.layout;
    load.flash_attention = setup.flash_attention;
    const llm::RawSpeed speed = llm::MeasureRaw(model, load, text);
    best.decode = std::max(best.decode, speed.decode);
    best.prefill = std::max(best.prefill, speed.prefill);
  }
  return best;
}

}  // namespace pgts::cli
