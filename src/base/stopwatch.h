// SPDX-License-Identifier: Apache-2.0
// Seconds since its making, by a clock that no change of the time of day touches.
#pragma once

#include <chrono>

namespace pgts {

class Stopwatch {
 public:
  double Seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace pgts
