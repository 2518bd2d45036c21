// SPDX-License-Identifier: Apache-2.0
#include "llm/excluded_steps.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace pgts::llm {
namespace {

constexpr Token kEndOfText = -1;  // whichever of its tokens: all end the step with the same text

Token TokenAt(const ExcludedStep& step, size_t position) {
  return position < step.tokens.size() ? step.tokens[position] : kEndOfText;
}

bool EndsAt(const ExcludedStep& step, size_t position) {
  return position >= step.draw_log_probs.size();
}

// What comes next in steps that are equal up to `position`, with the steps that go on so.
std::map<Token, std::vector<ExcludedStep>> ByNext(std::span<const ExcludedStep> steps,
                                                  size_t position) {
  std::map<Token, std::vector<ExcludedStep>> next;
  for (const ExcludedStep& step : steps) next[TokenAt(step, position)].push_back(step);
  return next;
}

// R above, of the prefix that the steps share up to `position`.
double ExcludedShare(std::span<const ExcludedStep> steps, size_t position) {
  if (std::ranges::any_of(steps, [&](const auto& step) { return EndsAt(step, position); }))
    return 1;
  double share = 0;
  for (const auto& [token, further] : ByNext(steps, position)) {
    share +=
        std::exp(further.front().draw_log_probs[position]) * ExcludedShare(further, position + 1);
  }
  return std::min(share, 1.0);
}

}  // namespace

std::vector<double> ExcludedSteps::LeftOf(const TokenDistribution& candidates) const {
  std::map<Token, double> shares;
  for (const auto& [token, further] : ByNext(within_, written_)) {
    shares[token] = ExcludedShare(further, written_ + 1);
  }
  std::vector<double> left;
  left.reserve(candidates.cumulative.size());
  double before = 0, total = 0;
  for (size_t i = 0; i < candidates.tokens.size(); ++i) {
    const Token token = candidates.tokens[i];
    const auto found = shares.find(tokenizer_->IsEndOfText(token) ? kEndOfText : token);
    const double weight =
        candidates.cumulative[i] - std::exchange(before, candidates.cumulative[i]);
    total += found == shares.end() ? weight : weight * (1 - found->second);
    left.push_back(total);
  }
  if (total < kLeastMass * before) left.clear();
  return left;
}

void ExcludedSteps::Wrote(Token token) {
  std::erase_if(within_, [&](const auto& step) { return TokenAt(step, written_) != token; });
  ++written_;
}

}  // namespace pgts::llm
