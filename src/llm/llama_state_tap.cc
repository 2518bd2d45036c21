// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_state_tap.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "ggml-backend.h"
#include "llama.h"

namespace pgts::llm {
namespace {

// llama.cpp's name for a decoder's last norm, behind which come the LM head's products.
constexpr const char* kStates = "result_norm";

// The rows in the order in which llama.cpp evaluates them. One memory: as they stand. Streams: of
// sequences whose numbers follow each other as many rows of each as the shortest has; then the same
// with what is left (llama_batch_allocr::split_equal). The rows of a sequence stand together, and
// sequences in the order of their numbers.
std::vector<int> Evaluated(const llama_batch& batch, bool streams) {
  std::vector<int> order;
  if (!streams) {
    for (int row = 0; row < batch.n_tokens; ++row) order.push_back(row);
    return order;
  }
  struct Rows {
    int sequence, next, end;
  };
  std::vector<Rows> left;
  for (int row = 0; row < batch.n_tokens; ++row) {
    const int sequence = batch.seq_id[row][0];
    if (left.empty() || left.back().sequence != sequence) left.push_back({sequence, row, row});
    ++left.back().end;
  }
  while (!left.empty()) {
    size_t run = 1;
    int count = left[0].end - left[0].next;
    for (; run < left.size() && left[run].sequence == left[run - 1].sequence + 1; ++run) {
      count = std::min(count, left[run].end - left[run].next);
    }
    for (size_t i = 0; i < run; ++i) {
      for (int k = 0; k < count; ++k) order.push_back(left[i].next++);
    }
    std::erase_if(left, [](const Rows& rows) { return rows.next == rows.end; });
  }
  return order;
}

}  // namespace

void StateTap::Install(llama_context_params& params) {
  params.cb_eval = &StateTap::OnNode;
  params.cb_eval_user_data = this;
}

void StateTap::Begin(const llama_batch& batch, bool streams) {
  states_.clear();
  order_.assign(batch.n_tokens, -1);
  outputs_ = 0;
  if (wanted_ == Tapped::kLogits) return;
  for (const int row : Evaluated(batch, streams)) {
    if (batch.logits[row]) order_[row] = outputs_++;
  }
}

void StateTap::End() {
  if (wanted_ == Tapped::kLogits) return;
  if (states_.size() == static_cast<size_t>(outputs_) * width_) return;
  throw Error::Format(
      "llama.cpp gave {} numbers as the hidden states of {} tokens: it does not name them in this "
      "model's architecture; score with a model of another one",
      states_.size(), outputs_);
}

std::span<const float> StateTap::State(int row) const {
  return {states_.data() + static_cast<size_t>(order_[row]) * width_, static_cast<size_t>(width_)};
}

// ggml asks of each node whether it is to be seen; of those it asks whether to go on behind them.
bool StateTap::OnNode(ggml_tensor* node, bool ask, void* tap) {
  auto& self = *static_cast<StateTap*>(tap);
  if (self.wanted_ == Tapped::kLogits) return false;
  if (ask) return std::strcmp(node->name, kStates) == 0;
  self.Read(node);
  return self.wanted_ == Tapped::kBoth;
}

void StateTap::Read(const ggml_tensor* states) {
  width_ = static_cast<int>(states->ne[0]);
  const size_t held = states_.size();
  states_.resize(held + static_cast<size_t>(ggml_nelements(states)));
  if (states_.size() == held) return;
  ggml_backend_tensor_get(states, states_.data() + held, 0, ggml_nbytes(states));
}

}  // namespace pgts::llm
