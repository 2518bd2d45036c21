// SPDX-License-Identifier: Apache-2.0
// The hidden states of a llama.cpp context's outputs, read off its graph as it is evaluated: what
// the LM head would get.
//
// With llama_set_embeddings every token becomes an output and passes through the LM head. Here only
// the rows that ask for an output are outputs, and where states alone are wanted the LM head is
// left out: for a step that is scored nothing of the vocabulary's size is computed.
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
  // The context that is made of `params` reports to this tap, which outlives it.
  void Install(llama_context_params& params);

  // Of the evaluations to come. Logits that are not wanted are garbage.
  void Want(Tapped wanted) { wanted_ = wanted; }

  // Before an evaluation of `batch`; `streams`: its sequences are not in one memory.
  void Begin(const llama_batch& batch, bool streams);
  // Error where the states of not as many outputs came as the batch has.
  void End();

  // Of the batch's row of that number, which has an output. Valid until the next Begin().
  std::span<const float> State(int row) const;

 private:
  static bool OnNode(ggml_tensor* node, bool ask, void* tap);
  void Read(const ggml_tensor* states);

  Tapped wanted_ = Tapped::kLogits;
  int width_ = 0;
  std::vector<float> states_;  // [outputs, width] in the order in which they came
  std::vector<int> order_;     // [rows] the place of a row's state there; -1: it has no output
  int outputs_ = 0;
};

}  // namespace pgts::llm
