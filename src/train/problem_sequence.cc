// SPDX-License-Identifier: Apache-2.0
#include "train/problem_sequence.h"

#include <algorithm>
#include <numeric>
#include <span>

#include "base/log.h"
#include "base/random.h"

namespace pgts::train {
namespace {

// Generated problems come in random order already.
constexpr int64_t kLargestShuffled = int64_t{1} << 20;

}  // namespace

Visit ProblemSequence::At(int64_t visit) {
  const int64_t pass = visit / range_.count, place = visit % range_.count;
  if (range_.count > kLargestShuffled) return {range_.first + place, pass};
  if (pass != pass_) {
    order_.resize(static_cast<size_t>(range_.count));
    std::iota(order_.begin(), order_.end(), range_.first);
    RandomStream stream(Key("problem-order").With(seed_).With(static_cast<uint64_t>(pass)));
    stream.Shuffle(std::span(order_));
    pass_ = pass;
  }
  return {order_[static_cast<size_t>(place)], pass};
}

ProblemSequence::Range ProblemsBehind(const labels::DataOptions& phase_one, int64_t size,
                                      int64_t most) {
  const int64_t end = phase_one.End();
  const int64_t first = std::min(end, size / 2);
  if (first < end) {
    Warn(
        "phase 2 trains on problems whose answers the reward model has seen, from number {} on: "
        "reward_data takes numbers {} to {} of {}; lower reward_data.train_problems and "
        "reward_data.corruption_problems",
        first, phase_one.first_train_problem, end - 1, size);
  }
  const int64_t count = size - first;
  return {.first = first, .count = most > 0 ? std::min(count, most) : count};
}

}  // namespace pgts::train
