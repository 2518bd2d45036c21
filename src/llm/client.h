// SPDX-License-Identifier: Apache-2.0
// The engine as coroutines see it. `co_await client.Generate(request)` lets the request join the
// generator's next slice, beside those that are still being written, and goes on after the slice in
// which it ended.
//
// Name the request before awaiting: g++ 12 destroys the members of a braced temporary inside a
// co_await expression twice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/rounds.h"
#include "llm/generator.h"

namespace pgts::llm {

// Phase::device for the value of a device option: "" for the CPU, else the device's one name
// (llm/llama_devices.h).
std::string Accelerator(const std::string& device);

class GeneratorClient : public Phase {
 public:
  // Both must outlive the client. `device`: see Phase.
  GeneratorClient(Rounds& rounds, Generator& generator, std::string device = "");
  ~GeneratorClient() override;
  GeneratorClient(const GeneratorClient&) = delete;
  GeneratorClient& operator=(const GeneratorClient&) = delete;

  // The seconds of a slice are shared equally by the drafts that it wrote at.
  Co<Dispatched<Generation>> Generate(GenerateRequest request);

  Generator& generator() const { return generator_; }
  const PhaseCounts& phase() const { return counts_; }  // batches: slices; rows: requests

  std::string_view name() const override { return "generate"; }
  std::string_view device() const override { return device_; }
  bool HasPending() const override { return !joining_.empty() || !writing_.empty(); }
  void Dispatch() override;
  void HandBack() override;
  void Drop() override;

 private:
  // In the frame of the suspended Generate.
  struct Asked {
    Draft draft;
    Rounds::Ticket ticket;
    double seconds = 0;
  };

  Rounds& rounds_;
  Generator& generator_;
  std::string device_;
  std::vector<Asked*> joining_;
  std::vector<Asked*> writing_;  // in the order in which they came
  PhaseCounts counts_;
};

}  // namespace pgts::llm
