// SPDX-License-Identifier: Apache-2.0
#include "reward/llama_scorer.h"

#include <bit>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/random.h"

namespace pgts::reward {
namespace {

std::string_view BytesOf(std::span<const float> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

uint64_t ScorerHash(std::string_view model_file_hash, const Head& head,
                    const Calibration& calibration) {
  Key key = Key("llama-scorer-3")
                .With(model_file_hash)
                .With(BytesOf(head.weight))
                .With(BytesOf(head.bias));
  const auto add = [&key](const char*, double value) {
    key = key.With(std::bit_cast<uint64_t>(value));
  };
  Calibration values = calibration;
  const auto add_all = [&add](const char*, Logistic& of) { of.Visit(add); };
  values.Visit(add_all);
  return key.value();
}

LlamaScorer::LlamaScorer(std::unique_ptr<llm::Encoder> encoder, Head head, Calibration calibration)
    : encoder_(std::move(encoder)),
      head_(std::move(head)),
      calibration_(calibration),
      hash_(ScorerHash(encoder_->Info().file_hash, head_, calibration_)) {
  if (head_.width() != encoder_->Info().width) {
    throw Error::Format(
        "{}: hidden states have width {}, the reward head wants {}; the folder "
        "holds files of two different models: train phase 1 again",
        encoder_->Info().path, encoder_->Info().width, head_.width());
  }
}

void LlamaScorer::Logits(std::span<const world::ScoreRequest> requests, std::span<double> logits) {
  std::vector<llm::EncodeRequest> unread;
  std::vector<size_t> indices;  // of `unread`, among the requests
  for (size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i].state.empty()) {
      logits[i] = head_.Logit(requests[i].state);
      continue;
    }
    unread.push_back({.prefix = requests[i].prefix, .walker = requests[i].walker});
    indices.push_back(i);
  }
  if (unread.empty()) return;
  const size_t width = static_cast<size_t>(head_.width());
  std::vector<float> hidden(unread.size() * width);  // [unread, width]
  encoder_->Encode(unread, hidden);
  for (size_t i = 0; i < indices.size(); ++i) {
    logits[indices[i]] = head_.Logit(std::span(hidden).subspan(i * width, width));
  }
}

void LlamaScorer::Score(std::span<const world::ScoreRequest> requests, std::span<float> scores) {
  std::vector<double> logits(requests.size());
  Logits(requests, logits);
  for (size_t i = 0; i < requests.size(); ++i) {
    scores[i] =
        static_cast<float>(calibration_.Score({.logit = logits[i], .path = requests[i].evidence}));
  }
}

}  // namespace pgts::reward
