// SPDX-License-Identifier: Apache-2.0
#include "llm/encode_batcher.h"

#include <algorithm>
#include <memory>

#include "base/error.h"

namespace pgts::llm {
namespace {

constexpr size_t kMostKept = 256;  // states; siblings follow each other closely

}  // namespace

struct EncodeBatcher::Reading : Job {
  Reading(const EncodeRequest& request, std::span<float> row)
      : Job(*request.prefix, request.walker), row(row) {
    wants_logits = false;
    wants_state = true;
  }

  std::span<float> row;
};

void EncodeBatcher::Encode(std::span<const EncodeRequest* const> requests,
                           std::span<const std::span<float>> rows) {
  std::vector<std::unique_ptr<Reading>> readings;
  std::vector<Job*> jobs;
  for (size_t i = 0; i < requests.size(); ++i) {
    readings.push_back(std::make_unique<Reading>(*requests[i], rows[i]));
    if (static_cast<int>(readings.back()->path.size()) > options().context) {
      GiveUp(*readings.back());
    }
    jobs.push_back(readings.back().get());
  }
  Run(jobs);
}

bool EncodeBatcher::EndsUnread(Job& job) {
  const auto found = kept_.find(job.hash());
  if (found == kept_.end()) return false;
  std::ranges::copy(found->second, static_cast<Reading&>(job).row.begin());
  return true;
}

void EncodeBatcher::ReadOutput(Job& job, int /*position*/, const RowOutput& output) {
  std::ranges::copy(output.state, static_cast<Reading&>(job).row.begin());
}

bool EncodeBatcher::TakeOutput(Job& job) {
  Keep(job.hash(), static_cast<Reading&>(job).row);
  return true;
}

void EncodeBatcher::Keep(uint64_t path_hash, std::span<const float> state) {
  if (!kept_.try_emplace(path_hash, state.begin(), state.end()).second) return;
  order_.push_back(path_hash);
  if (order_.size() <= kMostKept) return;
  kept_.erase(order_.front());
  order_.pop_front();
}

void EncodeBatcher::OnForget() {
  kept_.clear();
  order_.clear();
}

void EncodeBatcher::GiveUp(Job& job) {
  throw Error::Format(
      "a path of {} tokens does not fit into the scorer's context of {}; raise its "
      "context limit to the generator's",
      job.path.size(), options().context);
}

}  // namespace pgts::llm
