// SPDX-License-Identifier: Apache-2.0
// A batcher that writes steps: draws, step ends, distributions kept for siblings.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "llm/batcher.h"
#include "llm/distribution_cache.h"
#include "llm/generator.h"

namespace pgts::llm {

class GenerateBatcher : public Batcher {
 public:
  GenerateBatcher(KvBackend& backend, TokenLedger& ledger, const BatcherOptions& options,
                  const Tokenizer& tokenizer);
  ~GenerateBatcher() override;

  void Join(std::span<Draft* const> drafts);
  // One slice of so many evaluations (generator.h).
  void Write(int evaluations);

 private:
  struct Writing;

  bool EndsUnread(Job& job) override;
  void ReadOutput(Job& job, int position, const RowOutput& output) override;
  bool TakeOutput(Job& job) override;
  void GiveUp(Job& job) override;
  void OnForget() override;

  std::optional<size_t> Draw(Writing& job, const TokenDistribution& candidates);
  // Draws the next token; true if the step has ended with it.
  bool Write(Writing& job, const TokenDistribution& candidates);
  bool Complete(Writing& job, StepEnd end);
  bool End(Writing& job, StepEnd end);

  const Tokenizer& tokenizer_;
  DistributionCache kept_;
  std::vector<std::unique_ptr<Writing>> writings_;  // not ended
};

}  // namespace pgts::llm
