// SPDX-License-Identifier: Apache-2.0
// Raw llama.cpp in the setup that suits a load best.
#pragma once

#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "llm/llama_raw.h"

namespace pgts::bench {

struct RawSetup {
  std::string_view name;
  llm::RawLayout layout;
  bool flash_attention;
};
inline constexpr std::array<RawSetup, 4> kRawSetups = {
    {{"unified", llm::RawLayout::kUnified, false},
     {"unified flash", llm::RawLayout::kUnified, true},
     {"streams", llm::RawLayout::kStreams, false},
     {"streams flash", llm::RawLayout::kStreams, true}}};

// Solutions of the word problems, as tokens.
std::vector<llm::Token> SomeText(const llm::Tokenizer& tokenizer);

// The fastest decode and the fastest reading, in tokens per second.
struct RawBest {
  double decode = 0, read = 0;
};

// Of the setups that may be the best, the medians of what was measured: a machine's speed drifts by
// a fifth and more from one minute to the next.
class RawYardstick {
 public:
  explicit RawYardstick(std::shared_ptr<const llm::LlamaModel> model);
  void Measure(llm::RawLoad load);  // one run of each setup
  RawBest Best() const;

 private:
  std::shared_ptr<const llm::LlamaModel> model_;
  std::vector<llm::Token> text_;
  std::array<std::vector<double>, kRawSetups.size()> decode_, read_;
};

}  // namespace pgts::bench
