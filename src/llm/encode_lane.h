// SPDX-License-Identifier: Apache-2.0
// A lane that reads paths for the hidden state at their end.
#pragma once

#include <span>

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

  bool EndsUnread(Job&) override { return false; }
  bool TakeOutput(Job& job, std::span<const float> output) override;
  void GiveUp(Job& job) override;
};

}  // namespace pgts::llm
