// SPDX-License-Identifier: Apache-2.0
#include "llm/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "llm/logit_math.h"

namespace pgts::llm {
namespace {

struct Candidate {
  float logit = 0;
  Token token = 0;
};

bool DrawnBefore(const Candidate& a, const Candidate& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
}

class Truncation {
 public:
  Truncation(std::span<const float> logits, const SamplingOptions& options)
      : logits_(logits),
        options_(options),
        max_(LargestLogit(logits)),
        inverse_(1 / static_cast<float>(options.temperature)),
        sums_(SumExponentials(logits, max_, inverse_)) {}

  std::vector<Candidate> Kept() const {
    if (options_.top_k > 0) {
      const auto limit = static_cast<size_t>(options_.top_k);
      std::vector<Candidate> first = Sorted(FloorOfLargest(logits_, limit));
      if (first.size() > limit) first.resize(limit);
      return Cut(std::move(first), /*mass=*/std::nullopt);
    }
    if (options_.top_p < 1) {
      return Cut(Heaviest(options_.top_p * sums_.tempered), sums_.tempered);
    }
    const float least = options_.min_p > 0 ? MinimumLogit() : kLowest;
    return Cut(Sorted(least), sums_.tempered);
  }

  double Weight(const Candidate& candidate) const {
    return ExpNonPositive((candidate.logit - max_) * inverse_);
  }
  double LogProb(const Candidate& candidate) const {
    return candidate.logit - max_ - std::log(sums_.plain);
  }

 private:
  static constexpr float kLowest = -std::numeric_limits<float>::infinity();

  // Logits below this are under min_p; a hair lower, as Cut() decides exactly.
  float MinimumLogit() const {
    return max_ + (std::log(static_cast<float>(options_.min_p)) - 0.01F) / inverse_;
  }

  // The tokens with logit >= floor.
  std::vector<Candidate> Collected(float floor) const {
    std::vector<Token> ids;
    CollectAtLeast(logits_, floor, ids);
    std::vector<Candidate> candidates;
    candidates.reserve(ids.size());
    for (const Token id : ids) candidates.push_back({logits_[id], id});
    return candidates;
  }

  // The same in draw order.
  std::vector<Candidate> Sorted(float floor) const {
    std::vector<Candidate> candidates = Collected(floor);
    std::ranges::sort(candidates, DrawnBefore);
    return candidates;
  }

  // The first tokens in draw order that hold the mass, and a few more. A window below the largest
  // logit is widened until it holds them: reading a vocabulary some times costs less than sorting
  // it.
  std::vector<Candidate> Heaviest(double mass) const {
    constexpr float kAll = 80;
    mass *= 1 + 1e-9;  // Cut() sums in another order
    float window = 2;
    std::vector<Candidate> held = Collected(max_ - window / inverse_);
    while (Mass(held) < mass && window < kAll) {
      window *= 2;
      held = Collected(window < kAll ? max_ - window / inverse_ : kLowest);
    }
    DropBehind(mass, held);
    std::ranges::sort(held, DrawnBefore);
    return held;
  }

  // Drops tokens that in draw order come behind those that hold the mass. Linear in the mean, as
  // quickselect is.
  void DropBehind(double mass, std::vector<Candidate>& tokens) const {
    constexpr ptrdiff_t kFew = 64;                    // are sorted as fast
    auto begin = tokens.begin(), end = tokens.end();  // between which the mass is reached
    while (end - begin > kFew) {
      const auto middle = begin + (end - begin) / 2;
      std::nth_element(begin, middle, end, DrawnBefore);
      const double before = Mass({begin, middle});
      if (before >= mass) {
        end = middle;
      } else {
        mass -= before;
        begin = middle;
      }
    }
    tokens.erase(end, tokens.end());
  }

  double Mass(std::span<const Candidate> candidates) const {
    double mass = 0;
    for (const Candidate& candidate : candidates) mass += Weight(candidate);
    return mass;
  }

  // Applies top_p (of `mass`; by default of these tokens' own) and min_p to sorted tokens.
  std::vector<Candidate> Cut(std::vector<Candidate> sorted, std::optional<double> mass) const {
    const double enough = options_.top_p < 1 ? options_.top_p * (mass ? *mass : Mass(sorted))
                                             : std::numeric_limits<double>::infinity();
    size_t kept = 0;
    for (double held = 0; kept < sorted.size(); ++kept) {
      const double weight = Weight(sorted[kept]);
      if (kept > 0 && (held >= enough || weight < options_.min_p)) break;
      held += weight;
    }
    sorted.resize(kept);
    return sorted;
  }

  std::span<const float> logits_;
  const SamplingOptions& options_;
  float max_;
  float inverse_;
  ExponentialSums sums_;
};

// The token of the largest logit alone.
TokenDistribution Greedy(std::span<const float> logits) {
  const float max = LargestLogit(logits);
  const auto at = std::ranges::find(logits, max);
  if (at == logits.end()) return {};  // no logit is a number
  const double log_normaliser = std::log(SumExponentials(logits, max, 1).plain);
  return {.tokens = {static_cast<Token>(at - logits.begin())},
          .log_probs = {static_cast<float>(-log_normaliser)},
          .cumulative = {1}};
}

}  // namespace

double LogProb(std::span<const float> logits, Token token) {
  const float largest = LargestLogit(logits);
  return logits[token] - largest - std::log(SumExponentials(logits, largest, 1).plain);
}

TokenDistribution Truncate(std::span<const float> logits, const SamplingOptions& options) {
  if (options.temperature <= 0) return Greedy(logits);
  const Truncation truncation(logits, options);
  TokenDistribution candidates;
  double total = 0;
  for (const Candidate& candidate : truncation.Kept()) {
    candidates.tokens.push_back(candidate.token);
    candidates.cumulative.push_back(total += truncation.Weight(candidate));
    candidates.log_probs.push_back(static_cast<float>(truncation.LogProb(candidate)));
  }
  return candidates;
}

size_t DrawToken(std::span<const double> cumulative, double uniform) {
  const double target = uniform * cumulative.back();
  const auto found = std::upper_bound(cumulative.begin(), cumulative.end(), target);
  return std::min<size_t>(found - cumulative.begin(), cumulative.size() - 1);
}

double DrawLogProb(const TokenDistribution& candidates, size_t index) {
  const double before = index > 0 ? candidates.cumulative[index - 1] : 0;
  return std::log((candidates.cumulative[index] - before) / candidates.cumulative.back());
}

}  // namespace pgts::llm
