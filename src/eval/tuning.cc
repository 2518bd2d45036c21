// SPDX-License-Identifier: Apache-2.0
#include "eval/tuning.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "base/stats.h"

namespace pgts::eval {
namespace {

std::vector<double> At(const std::vector<double>& values, const std::vector<size_t>& places) {
  std::vector<double> chosen;
  for (const size_t place : places) chosen.push_back(values[place]);
  return chosen;
}

// Points of accuracy that each further token brings on the way from a to b.
double Slope(const Outcome& a, const Outcome& b) {
  return (b.accuracy - a.accuracy) / (b.tokens - a.tokens);
}

}  // namespace

Outcomes OutcomesOf(std::span<const Tried> tried, const std::string& method) {
  const size_t problems = tried.front().correct.size();
  std::vector<size_t> common;
  for (size_t i = 0; i < problems; ++i) {
    const auto walked = [i](const Tried& one) { return !std::isnan(one.correct[i]); };
    if (std::ranges::all_of(tried, walked)) common.push_back(i);
  }
  if (common.empty()) {
    throw Error::Format(
        "{}: the stored worlds hold no validation problem as all of its settings walk it; evaluate "
        "with a generator, or without --compare-baselines",
        method);
  }
  Outcomes outcomes{.left_out = problems - common.size()};
  for (const Tried& one : tried) {
    outcomes.of.push_back(
        {.accuracy = Mean(At(one.correct, common)), .tokens = Mean(At(one.tokens, common))});
  }
  return outcomes;
}

size_t BestAtPrice(std::span<const Outcome> outcomes, double price) {
  const auto value = [price](const Outcome& o) { return o.accuracy - price * o.tokens; };
  size_t best = 0;
  for (size_t i = 1; i < outcomes.size(); ++i) {
    const Outcome &a = outcomes[i], &b = outcomes[best];
    if (value(a) > value(b) || (value(a) == value(b) && a.tokens < b.tokens)) best = i;
  }
  return best;
}

std::vector<size_t> Frontier(std::span<const Outcome> outcomes) {
  std::vector<size_t> order(outcomes.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](size_t i, size_t j) {
    const Outcome &a = outcomes[i], &b = outcomes[j];
    return a.tokens != b.tokens ? a.tokens < b.tokens : a.accuracy > b.accuracy;
  });
  std::vector<size_t> hull;
  for (const size_t next : order) {
    if (!hull.empty() && outcomes[next].accuracy <= outcomes[hull.back()].accuracy) continue;
    while (hull.size() > 1) {
      const Outcome &before = outcomes[hull[hull.size() - 2]], &last = outcomes[hull.back()];
      if (Slope(before, last) > Slope(last, outcomes[next])) break;
      hull.pop_back();
    }
    hull.push_back(next);
  }
  return hull;
}

std::vector<Part> MixAtTokens(std::span<const Outcome> outcomes, double tokens) {
  const std::vector<size_t> frontier = Frontier(outcomes);
  const auto above =
      std::ranges::upper_bound(frontier, tokens, {}, [&](size_t i) { return outcomes[i].tokens; });
  if (above == frontier.begin()) return {{.outcome = frontier.front()}};
  if (above == frontier.end()) return {{.outcome = frontier.back()}};
  const size_t a = *(above - 1), b = *above;
  const double share = (tokens - outcomes[a].tokens) / (outcomes[b].tokens - outcomes[a].tokens);
  if (share == 0) return {{.outcome = a}};
  return {{.outcome = a, .share = 1 - share}, {.outcome = b, .share = share}};
}

}  // namespace pgts::eval
