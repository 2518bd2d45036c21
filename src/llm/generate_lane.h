// SPDX-License-Identifier: Apache-2.0
// A lane that writes steps: draws, step ends, candidates kept for siblings.
#pragma once

#include <span>

#include "llm/generator.h"
#include "llm/kept_candidates.h"
#include "llm/lane.h"

namespace pgts::llm {

class GenerateLane : public Lane {
 public:
  GenerateLane(Machine& machine, TokenLedger& ledger, const LaneOptions& options,
               const Tokenizer& tokenizer)
      : Lane(machine, ledger, options, TokenLedger::Purpose::kGenerate), tokenizer_(tokenizer) {}

  // requests[i] is answered into *results[i].
  void Generate(std::span<const GenerateRequest* const> requests,
                std::span<Generation* const> results);

 private:
  struct Writing;

  bool EndsUnread(Job& job) override;
  bool TakeOutput(Job& job, std::span<const float> output) override;
  void GiveUp(Job& job) override;
  void OnForget() override { kept_.Clear(); }

  // Draws the next token; true if the step ends with it.
  bool Write(Writing& job, const Candidates& candidates);
  bool End(Writing& job, StepEnd end);

  const Tokenizer& tokenizer_;
  KeptCandidates kept_;
};

}  // namespace pgts::llm
