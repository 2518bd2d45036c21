// SPDX-License-Identifier: Apache-2.0
// Step scores from a base in llama.cpp, fine-tuned or as it is: the hidden state of a step's last
// token, the two-label head and the calibration on the host.
//   score = calibration(head(hidden), world::PathEvidence)
// A request that brings the hidden state along is not read again.
// Equal to the LibTorch model that was trained within 2e-3 on float32 weights (the KV memory holds
// 16-bit numbers by default) and 5e-2 on Q8_0 weights.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "llm/encoder.h"
#include "reward/calibration.h"
#include "reward/head.h"
#include "world/step_scorer.h"

namespace pgts::reward {

class LlamaScorer : public world::StepScorer {
 public:
  // Error if the head's width is not the model's.
  LlamaScorer(std::unique_ptr<llm::Encoder> encoder, Head head, Calibration calibration);

  uint64_t hash() const override { return hash_; }
  void Score(std::span<const world::ScoreRequest> requests, std::span<float> scores) override;
  // What the judge alone says, before the calibration (reward/head.h).
  void Logits(std::span<const world::ScoreRequest> requests, std::span<double> logits);
  std::string_view state_model() const override { return encoder_->Info().file_hash; }
  void Forget() override { encoder_->Forget(); }
  int64_t parameters() const override { return encoder_->Info().parameters; }
  const llm::Encoder& encoder() const { return *encoder_; }

 private:
  std::unique_ptr<llm::Encoder> encoder_;
  Head head_;
  Calibration calibration_;
  uint64_t hash_;
};

// Of everything that a score depends on.
uint64_t ScorerHash(std::string_view model_file_hash, const Head& head,
                    const Calibration& calibration);

}  // namespace pgts::reward
