// SPDX-License-Identifier: Apache-2.0
#include "llm/client.h"

#include <utility>

#include "base/stopwatch.h"
#include "llm/llama_devices.h"

namespace pgts::llm {

std::string Accelerator(const std::string& device) {
  return IsGpu(device) ? DeviceName(device) : "";
}

GeneratorClient::GeneratorClient(Rounds& rounds, Generator& generator, std::string device)
    : rounds_(rounds), generator_(generator), device_(std::move(device)) {
  rounds_.Register(this);
}

GeneratorClient::~GeneratorClient() { rounds_.Unregister(this); }

Co<Dispatched<Generation>> GeneratorClient::Generate(GenerateRequest request) {
  Asked asked{.draft = {.request = std::move(request)}, .ticket = rounds_.NewTicket()};
  joining_.push_back(&asked);
  co_await rounds_.Park(asked.ticket);
  Dispatched<Generation> done{.reply = std::move(asked.draft.result), .seconds = asked.seconds};
  co_return done;
}

void GeneratorClient::Dispatch() {
  std::vector<Draft*> drafts;
  for (Asked* asked : joining_) drafts.push_back(&asked->draft);
  writing_.insert(writing_.end(), joining_.begin(), joining_.end());
  joining_.clear();
  const Stopwatch watch;
  generator_.Write(drafts);
  const double spent = watch.Seconds();
  ++counts_.batches;
  counts_.rows += static_cast<int64_t>(drafts.size());
  counts_.seconds += spent;
  for (Asked* asked : writing_) {
    asked->seconds += spent / static_cast<double>(writing_.size());
  }
}

void GeneratorClient::HandBack() {
  std::erase_if(writing_, [&](const Asked* asked) {
    if (asked->draft.ended) rounds_.Resume(asked->ticket);
    return asked->draft.ended;
  });
}

// The drafts are about to be destroyed with their coroutines.
void GeneratorClient::Drop() {
  if (!writing_.empty()) generator_.Forget();
  joining_.clear();
  writing_.clear();
}

}  // namespace pgts::llm
