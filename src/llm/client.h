// SPDX-License-Identifier: Apache-2.0
// The engine as coroutines see it: `co_await client.Generate(request)` waits for the next round of
// the generator, in which all pending requests run together.
//
// Name the request before awaiting: g++ 12 destroys the members of a braced temporary inside a
// co_await expression twice.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/rounds.h"
#include "llm/encoder.h"
#include "llm/generator.h"

namespace pgts::llm {

class GeneratorClient {
 public:
  // Both must outlive the client. Phases take turns in the order of their construction.
  GeneratorClient(Rounds& rounds, Generator& generator)
      : generator_(generator), gather_(rounds, "generate", [this](auto requests, auto replies) {
          generator_.Generate(requests, replies);
        }) {}

  Co<Dispatched<Generation>> Generate(GenerateRequest request) {
    return gather_.Submit(std::move(request));
  }

  Generator& generator() const { return generator_; }
  const PhaseCounts& phase() const { return gather_.counts(); }

 private:
  Generator& generator_;
  Gather<GenerateRequest, Generation> gather_;
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
