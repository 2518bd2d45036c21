// SPDX-License-Identifier: Apache-2.0
#include "llm/likelihood_batcher.h"

#include <memory>
#include <vector>

#include "base/error.h"
#include "llm/sampler.h"

namespace pgts::llm {

// The path is the prefix and all of the text but its last token, whose own output is not wanted.
struct LikelihoodBatcher::Reading : Job {
  Reading(const LikelihoodRequest& request, uint64_t walker, std::vector<double>& log_probs)
      : Job(*request.prefix, walker), tokens(request.tokens), log_probs(log_probs) {
    log_probs.assign(tokens.size(), 0);
    outputs_from = prefix_length - 1;
    for (size_t i = 0; i + 1 < tokens.size(); ++i) Append(tokens[i]);
  }

  const std::vector<Token>& tokens;
  std::vector<double>& log_probs;
};

void LikelihoodBatcher::Read(std::span<const LikelihoodRequest* const> requests,
                             std::span<const size_t> walkers,
                             std::span<std::vector<double>* const> log_probs) {
  std::vector<std::unique_ptr<Reading>> readings;
  std::vector<Job*> jobs;
  for (size_t i = 0; i < requests.size(); ++i) {
    readings.push_back(std::make_unique<Reading>(*requests[i], walkers[i], *log_probs[i]));
    Reading& reading = *readings.back();
    if (reading.prefix_length + static_cast<int>(reading.tokens.size()) > options().context) {
      GiveUp(reading);
    }
    jobs.push_back(&reading);
  }
  ledger().Requested(static_cast<int64_t>(requests.size()));
  Run(jobs);
}

bool LikelihoodBatcher::EndsUnread(Job& job) { return static_cast<Reading&>(job).tokens.empty(); }

void LikelihoodBatcher::ReadOutput(Job& job, int position, const RowOutput& output) {
  auto& reading = static_cast<Reading&>(job);
  const auto token = static_cast<size_t>(position - reading.outputs_from);
  reading.log_probs[token] = LogProb(output.logits, reading.tokens[token]);
}

bool LikelihoodBatcher::TakeOutput(Job& /*job*/) { return true; }

void LikelihoodBatcher::GiveUp(Job& job) {
  const auto& reading = static_cast<Reading&>(job);
  throw Error::Format(
      "a solution of {} tokens behind {} of the prompt does not fit into the generator's context "
      "of {}; raise engine.context or shorten it",
      reading.tokens.size(), reading.prefix_length, options().context);
}

}  // namespace pgts::llm
