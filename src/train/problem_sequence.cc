// SPDX-License-Identifier: Apache-2.0
#include "train/problem_sequence.h"

#include <numeric>
#include <span>

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
    RandomStream stream(Key("problem-order").With(range_.seed).With(static_cast<uint64_t>(pass)));
    stream.Shuffle(std::span(order_));
    pass_ = pass;
  }
  return {order_[static_cast<size_t>(place)], pass};
}

}  // namespace pgts::train
