// SPDX-License-Identifier: Apache-2.0
#include "llm/sampler.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace pgts::llm {
namespace {

// exp(x) for x <= 0, written so that the compiler vectorises the loop around it; 0 below -87.
// Cephes' polynomial on [-ln2/2, ln2/2].
inline float ExpNonPositive(float x) {
  const float clamped = std::max(x, -87.0f);
  const float shifted = clamped * 1.44269504f + 12582912.0f;  // rounds to an integer
  const float n = shifted - 12582912.0f;
  const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  const float fraction = p * r * r + r + 1.0f;
  const auto power = static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23;
  return x < -87.0f ? 0.0f : fraction * std::bit_cast<float>(power);
}

double SumOfExponentials(std::span<const float> logits, float max, float inverse_temperature) {
  constexpr size_t kBlock = 256;  // float sums of a block, double sums of blocks
  double total = 0;
  for (size_t begin = 0; begin < logits.size(); begin += kBlock) {
    const std::span<const float> block =
        logits.subspan(begin, std::min(kBlock, logits.size() - begin));
    float lanes[8] = {};
    for (size_t i = 0; i < block.size(); ++i) {
      lanes[i % 8] += ExpNonPositive((block[i] - max) * inverse_temperature);
    }
    for (const float lane : lanes) total += lane;
  }
  return total;
}

// The ids of the tokens with logit >= floor, in draw order; at most `limit` of them.
std::vector<Token> Sorted(std::span<const float> logits, float floor, size_t limit) {
  std::vector<Token> ids;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] >= floor) ids.push_back(static_cast<Token>(i));
  }
  const auto before = [&](Token a, Token b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  };
  if (limit < ids.size()) {
    std::nth_element(ids.begin(), ids.begin() + limit, ids.end(), before);
    ids.resize(limit);
  }
  std::sort(ids.begin(), ids.end(), before);
  return ids;
}

class Truncation {
 public:
  Truncation(std::span<const float> logits, const SamplingOptions& options)
      : logits_(logits),
        options_(options),
        max_(*std::max_element(logits.begin(), logits.end())),
        inverse_(1 / static_cast<float>(options.temperature)) {}

  std::vector<Token> Kept() {
    const size_t limit = options_.top_k > 0 ? options_.top_k : logits_.size();
    const float lowest = -std::numeric_limits<float>::infinity();
    if (options_.top_k > 0) return Cut(Sorted(logits_, lowest, limit), /*mass=*/-1);
    if (options_.min_p > 0 && options_.top_p >= 1) {
      return Cut(Sorted(logits_, MinimumLogit(), limit), -1);
    }
    if (options_.top_p >= 1) return Sorted(logits_, lowest, limit);
    return TopP();
  }

  double Weight(Token token) const { return ExpNonPositive((logits_[token] - max_) * inverse_); }

 private:
  // Logits below this are under min_p; a hair lower, as Cut() decides exactly.
  float MinimumLogit() const {
    return max_ + (std::log(static_cast<float>(options_.min_p)) - 0.01f) / inverse_;
  }

  // Widens a window below the largest logit until what it holds reaches top_p.
  std::vector<Token> TopP() {
    const double mass = SumOfExponentials(logits_, max_, inverse_);
    for (float window = 8; window < 80; window *= 2) {
      std::vector<Token> ids = Sorted(logits_, max_ - window / inverse_, logits_.size());
      double held = 0;
      for (const Token id : ids) held += Weight(id);
      if (held >= options_.top_p * mass) return Cut(std::move(ids), mass);
    }
    return Cut(Sorted(logits_, -std::numeric_limits<float>::infinity(), logits_.size()), mass);
  }

  // Applies top_p (of `mass`; negative: of these tokens' own) and min_p to sorted tokens.
  std::vector<Token> Cut(std::vector<Token> ids, double mass) const {
    if (mass < 0) {
      mass = 0;
      for (const Token id : ids) mass += Weight(id);
    }
    size_t kept = 0;
    for (double held = 0; kept < ids.size(); ++kept) {
      const double weight = Weight(ids[kept]);
      if (kept > 0 && (held >= options_.top_p * mass || weight < options_.min_p)) break;
      held += weight;
    }
    ids.resize(kept);
    return ids;
  }

  std::span<const float> logits_;
  const SamplingOptions& options_;
  float max_;
  float inverse_;
};

}  // namespace

double LogProb(std::span<const float> logits, Token token) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  return logits[token] - largest - std::log(SumOfExponentials(logits, largest, 1));
}

Candidates Truncate(std::span<const float> logits, const SamplingOptions& options) {
  const auto largest = std::max_element(logits.begin(), logits.end());
  const double log_normaliser = std::log(SumOfExponentials(logits, *largest, 1));
  Candidates candidates;
  if (options.temperature <= 0) {
    candidates.tokens = {static_cast<Token>(largest - logits.begin())};
    candidates.cumulative = {1};
  } else {
    Truncation truncation(logits, options);
    candidates.tokens = truncation.Kept();
    double total = 0;
    for (const Token token : candidates.tokens) {
      candidates.cumulative.push_back(total += truncation.Weight(token));
    }
  }
  for (const Token token : candidates.tokens) {
    candidates.log_probs.push_back(static_cast<float>(logits[token] - *largest - log_normaliser));
  }
  return candidates;
}

DrawnToken DrawToken(const Candidates& candidates, double uniform) {
  const double target = uniform * candidates.cumulative.back();
  const auto found =
      std::upper_bound(candidates.cumulative.begin(), candidates.cumulative.end(), target);
  const size_t last = candidates.tokens.size() - 1;
  const size_t index = std::min<size_t>(found - candidates.cumulative.begin(), last);
  return {.token = candidates.tokens[index], .log_prob = candidates.log_probs[index]};
}

}  // namespace pgts::llm
