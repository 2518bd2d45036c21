// SPDX-License-Identifier: Apache-2.0
// The hidden states of a llama.cpp context's outputs, read off its graph as it is evaluated: what
// the LM head gets.
//
// With llama_set_embeddings every token becomes an output and passes through the LM head. Here only
// the rows that ask for an output are outputs, and where states alone are wanted the graph's part
// that holds the LM head is left behind them.
#pragma once

#include <span>
#include <vector>

struct ggml_tensor;
struct llama_batch;
struct llama_context_params;

namespace pgts::llm {

enum class Tapped { kLogits, kStates, kBoth };

class StateTap {
 public:
  // `width`: of a state.
  explicit StateTap(int width) : width_(width) {}
  StateTap(const StateTap&) = delete;  // llama.cpp knows it by its address
  StateTap& operator=(const StateTap&) = delete;

  // The context that is made of `params` reports to this tap, which outlives it.
  void Install(llama_context_params& params);

  // Before an evaluation of `batch`; `streams`: its sequences are not in one memory. Logits that
  // are not wanted are garbage.
  void Begin(const llama_batch& batch, bool streams, Tapped wanted);

  // After it: whether there is a state for each of the batch's outputs. There is none where
  // llama.cpp does not name them in the model's architecture.
  bool Complete() const;

  // Of the batch's row of that number, which had an output. Valid until the next Begin().
  std::span<const float> State(int row) const;

 private:
  static bool OnNode(ggml_tensor* node, bool ask, void* tap);
  void Read(const ggml_tensor* states);

  int width_;
  Tapped wanted_ = Tapped::kLogits;
  std::vector<int> order_;     // [rows] which of the states is the row's; -1: it has no output
  std::vector<float> states_;  // [outputs, width] in the order in which they are computed
  int outputs_ = 0;
  int read_ = 0;
};

}  // namespace pgts::llm
