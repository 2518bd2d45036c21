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

// Runs of every setup; what is read off are medians: a machine's speed drifts by a fifth and more
// from one minute to the next.
class RawYardstick {
 public:
  // `only_apt`: setups that cannot be the best on a CPU are left out.
  RawYardstick(std::shared_ptr<const llm::LlamaModel> model, bool only_apt);
  void Measure(llm::RawLoad load);                                  // one run of each setup
  double Median(size_t setup, double llm::RawSpeed::*speed) const;  // 0: was left out
  size_t Fastest(double llm::RawSpeed::*speed) const;
  double Best(double llm::RawSpeed::*speed) const { return Median(Fastest(speed), speed); }

 private:
  std::shared_ptr<const llm::LlamaModel> model_;
  bool only_apt_;
  std::vector<llm::Token> text_;
  std::array<std::vector<llm::RawSpeed>, kRawSetups.size()> runs_;
};

}  // namespace pgts::bench
