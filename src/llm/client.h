// SPDX-License-Identifier: Apache-2.0
// The engine as coroutines see it. `co_await client.Generate(request)` lets the request join the
// generator's next turn, beside those that are still being written, and goes on after the turn in
// which it ended.
//
// Name the request before awaiting: g++ 12 destroys the members of a braced temporary inside a
// co_await expression twice.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rounds.h"
#include "llm/encoder.h"
#include "llm/generator.h"

namespace pgts::llm {

class GeneratorClient : public Phase {
 public:
  // Both must outlive the client. `device`: see Phase.
  GeneratorClient(Rounds& rounds, Generator& generator, std::string device = "");
  ~GeneratorClient() override;
  GeneratorClient(const GeneratorClient&) = delete;
  GeneratorClient& operator=(const GeneratorClient&) = delete;

  // The seconds of a turn are shared equally by the drafts that it wrote at.
  Co<Dispatched<Generation>> Generate(GenerateRequest request);

  Generator& generator() const { return generator_; }
  const PhaseCounts& phase() const { return counts_; }  // batches: turns; rows: requests

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

class EncoderClient {
 public:
  EncoderClient(Rounds& rounds, Encoder& encoder)
      : encoder_(encoder), gather_(rounds, "encode", [this](auto requests, auto replies) {
          Dispatch(requests, replies);
        }) {}

  // The hidden state, [Info().width].
  Co<Dispatched<std::vector<float>>> Encode(EncodeRequest request) {
    return gather_.Submit(std::move(request));
  }

  Encoder& encoder() const { return encoder_; }
  const PhaseCounts& phase() const { return gather_.counts(); }

 private:
  void Dispatch(std::span<const EncodeRequest> requests, std::span<std::vector<float>> replies) {
    const size_t width = encoder_.Info().width;
    std::vector<float> hidden(requests.size() * width);
    encoder_.Encode(requests, hidden);
    for (size_t i = 0; i < replies.size(); ++i) {
      replies[i].assign(hidden.begin() + i * width, hidden.begin() + (i + 1) * width);
    }
  }

  Encoder& encoder_;
  Gather<EncodeRequest, std::vector<float>> gather_;
};

}  // namespace pgts::llm
