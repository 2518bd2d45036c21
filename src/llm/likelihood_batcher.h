// SPDX-License-Identifier: Apache-2.0
// A batcher that reads given text, many tokens at a time, for the log-probability of each.
#pragma once

#include <span>

#include "llm/batcher.h"
#include "llm/likelihood.h"

namespace pgts::llm {

class LikelihoodBatcher : public Batcher {
 public:
  LikelihoodBatcher(KvBackend& backend, TokenLedger& ledger, const BatcherOptions& options)
      : Batcher(backend, ledger, options, TokenLedger::Purpose::kScore) {}

  // requests[i] of walkers[i] is answered into *log_probs[i].
  void Read(std::span<const LikelihoodRequest* const> requests, std::span<const size_t> walkers,
            std::span<std::vector<double>* const> log_probs);

 private:
  struct Reading;

  bool EndsUnread(Job& job) override;
  void ReadOutput(Job& job, int position, const RowOutput& output) override;
  bool TakeOutput(Job& job) override;
  void GiveUp(Job& job) override;
};

}  // namespace pgts::llm
