// SPDX-License-Identifier: Apache-2.0
// A lane that reads paths for the hidden state at their end. States are kept for a while: a sibling
// of the same text is the same path and costs nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "llm/encoder.h"
#include "llm/lane.h"

namespace pgts::llm {

class EncodeLane : public Lane {
 public:
  EncodeLane(Machine& machine, TokenLedger& ledger, const LaneOptions& options)
      : Lane(machine, ledger, options, TokenLedger::Purpose::kScore) {}

  // requests[i] is answered into rows[i], [width].
  void Encode(std::span<const EncodeRequest* const> requests,
              std::span<const std::span<float>> rows);

 private:
  struct Reading;

  bool EndsUnread(Job& job) override;
  void ReadOutput(Job& job, const Output& output) override;
  bool TakeOutput(Job& job) override;
  void GiveUp(Job& job) override;
  void OnForget() override;
  void Keep(uint64_t path_hash, std::span<const float> state);

  std::unordered_map<uint64_t, std::vector<float>> kept_;
  std::deque<uint64_t> order_;  // of kept_, the oldest first
};

}  // namespace pgts::llm
