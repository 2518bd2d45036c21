// SPDX-License-Identifier: Apache-2.0
// A batcher that reads paths for the hidden state at their end. States are kept for a while: a
// sibling of the same text is the same path and costs nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "llm/batcher.h"
#include "llm/encoder.h"

namespace pgts::llm {

class EncodeBatcher : public Batcher {
 public:
  EncodeBatcher(KvBackend& backend, TokenLedger& ledger, const BatcherOptions& options)
      : Batcher(backend, ledger, options, TokenLedger::Purpose::kScore) {}

  // requests[i] is answered into rows[i], [width].
  void Encode(std::span<const EncodeRequest* const> requests,
              std::span<const std::span<float>> rows);

 private:
  struct Reading;

  bool EndsUnread(Job& job) override;
  void ReadOutput(Job& job, int position, const RowOutput& output) override;
  bool TakeOutput(Job& job) override;
  void GiveUp(Job& job) override;
  void OnForget() override;
  void Keep(uint64_t path_hash, std::span<const float> state);

  std::unordered_map<uint64_t, std::vector<float>> kept_;
  std::deque<uint64_t> order_;  // of kept_, the oldest first
};

}  // namespace pgts::llm
