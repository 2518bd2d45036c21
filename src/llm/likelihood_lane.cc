// SPDX-License-Identifier: Apache-2.0
#include "llm/likelihood_lane.h"

#include <memory>
#include <vector>

#include "base/error.h"
#include "llm/sampler.h"

namespace pgts::llm {

struct LikelihoodLane::Reading : Job {
  Reading(const LikelihoodRequest& request, uint64_t walker, std::vector<double>& log_probs)
      : Job(*request.prefix, walker), tokens(request.tokens), log_probs(log_probs) {}

  bool Done() const { return log_probs.size() == tokens.size(); }

  const std::vector<Token>& tokens;
  std::vector<double>& log_probs;  // of the tokens read so far
};

void LikelihoodLane::Read(std::span<const LikelihoodRequest* const> requests,
                          std::span<std::vector<double>* const> log_probs) {
  std::vector<std::unique_ptr<Reading>> readings;
  std::vector<Job*> jobs;
  for (size_t i = 0; i < requests.size(); ++i) {
    log_probs[i]->clear();
    readings.push_back(std::make_unique<Reading>(*requests[i], i, *log_probs[i]));
    Reading& reading = *readings.back();
    if (static_cast<int>(reading.path.size() + reading.tokens.size()) > options().context) {
      GiveUp(reading);
    }
    jobs.push_back(&reading);
  }
  ledger().Requested(static_cast<int64_t>(requests.size()));
  Run(jobs);
}

bool LikelihoodLane::EndsUnread(Job& job) { return static_cast<Reading&>(job).Done(); }

void LikelihoodLane::ReadOutput(Job& job, std::span<const float> output,
                                std::span<const float> /*state*/) {
  auto& reading = static_cast<Reading&>(job);
  reading.log_probs.push_back(LogProb(output, reading.tokens[reading.log_probs.size()]));
}

bool LikelihoodLane::TakeOutput(Job& job) {
  auto& reading = static_cast<Reading&>(job);
  // The last token's own output is not wanted.
  if (reading.Done()) return true;
  job.Append(reading.tokens[reading.log_probs.size() - 1]);
  return false;
}

void LikelihoodLane::GiveUp(Job& job) {
  const auto& reading = static_cast<Reading&>(job);
  throw Error::Format(
      "a solution of {} tokens behind {} of the prompt does not fit into the generator's context "
      "of {}; raise engine.context or shorten it",
      reading.tokens.size(), reading.prefix_length, options().context);
}

}  // namespace pgts::llm
