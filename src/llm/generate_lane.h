// SPDX-License-Identifier: Apache-2.0
// A lane that writes steps: draws, step ends, candidates kept for siblings.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "llm/generator.h"
#include "llm/kept_candidates.h"
#include "llm/lane.h"

namespace pgts::llm {

class GenerateLane : public Lane {
 public:
  GenerateLane(Machine& machine, TokenLedger& ledger, const LaneOptions& options,
               const Tokenizer& tokenizer);
  ~GenerateLane() override;

  void Join(std::span<Draft* const> drafts);
  using Lane::KeepStates;
  // One turn of so many evaluations (generator.h).
  void Write(int evaluations);

 private:
  struct Writing;

  bool EndsUnread(Job& job) override;
  void ReadOutput(Job& job, const Output& output) override;
  bool TakeOutput(Job& job) override;
  void GiveUp(Job& job) override;
  void OnForget() override;

  // Draws the next token; true if the step has ended with it.
  bool Write(Writing& job, const Candidates& candidates);
  bool Complete(Writing& job, StepEnd end);
  bool End(Writing& job, StepEnd end);

  const Tokenizer& tokenizer_;
  KeptCandidates kept_;
  std::vector<std::unique_ptr<Writing>> writings_;  // not ended
};

}  // namespace pgts::llm
