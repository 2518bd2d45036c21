// SPDX-License-Identifier: Apache-2.0
// Raw llama.cpp in the setup that suits a load best.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "llm/llama_raw.h"

namespace pgts::cli {

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

// The fastest decode and the fastest reading of the setups that may be the best: the medians of
// three runs of each, in turn.
struct RawBest {
  double decode = 0, read = 0;  // tokens per second
};
RawBest BestRaw(const llm::LlamaModel& model, llm::RawLoad load);

}  // namespace pgts::cli
