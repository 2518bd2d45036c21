// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_state_tap.h"

#include <algorithm>
#include <cstring>

#include "ggml-backend.h"
#include "llama.h"

namespace pgts::llm {
namespace {

// llama.cpp's name for a decoder's last norm, behind which come the LM head's products.
constexpr const char* kStates = "result_norm";

// The rows of the batch in the order in which llama.cpp evaluates them. One memory: as they stand.
// Streams: a micro-batch takes sequences whose numbers follow each other, and as many rows of each
// as the shortest has; the next one begins with the first that is left
// (llama_batch_allocr::split_equal). The rows of a sequence stand together, and sequences in the
// order of their numbers.
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

void StateTap::Begin(const llama_batch& batch, bool streams, Tapped wanted) {
  wanted_ = wanted;
  order_.assign(batch.n_tokens, -1);
  outputs_ = read_ = 0;
  if (wanted_ == Tapped::kLogits) return;
  for (const int row : Evaluated(batch, streams)) {
    if (batch.logits[row]) order_[row] = outputs_++;
  }
  states_.resize(static_cast<size_t>(outputs_) * width_);
}

bool StateTap::Complete() const { return read_ == outputs_; }

std::span<const float> StateTap::State(int row) const {
  return std::span(states_).subspan(static_cast<size_t>(order_[row]) * width_, width_);
}

// ggml asks of each node whether it is to be seen, and of those whether to go on behind them.
bool StateTap::OnNode(ggml_tensor* node, bool ask, void* tap) {
  auto& self = *static_cast<StateTap*>(tap);
  if (self.wanted_ == Tapped::kLogits) return false;
  if (ask) return std::strcmp(node->name, kStates) == 0;
  self.Read(node);
  return self.wanted_ == Tapped::kBoth;
}

// One of the micro-batches' outputs, which may be none. What does not fit is left, for Complete().
void StateTap::Read(const ggml_tensor* states) {
  const auto rows = static_cast<int>(ggml_nrows(states));
  const bool fits = states->ne[0] == width_ && states->type == GGML_TYPE_F32;
  if (rows == 0 || !fits || read_ + rows > outputs_) return;
  ggml_backend_tensor_get(states, states_.data() + static_cast<size_t>(read_) * width_, 0,
                          ggml_nbytes(states));
  read_ += rows;
}

}  // namespace pgts::llm
