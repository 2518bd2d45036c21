// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace pgts {
namespace {

// Calls that share the items; each goes on until none is left.
class Shared {
 public:
  Shared(std::span<const int> items, const std::function<void(int)>& run)
      : items_(items), run_(run), failures_(items.size()) {}

  void Work() {
    for (size_t i = next_++; i < items_.size(); i = next_++) {
      try {
        run_(items_[i]);
      } catch (...) {
        failures_[i] = std::current_exception();
      }
    }
  }

  void ThrowFirst() const {
    for (const std::exception_ptr& failure : failures_) {
      if (failure) std::rethrow_exception(failure);
    }
  }

 private:
  std::span<const int> items_;
  const std::function<void(int)>& run_;
  std::vector<std::exception_ptr> failures_;
  std::atomic<size_t> next_ = 0;
};

}  // namespace

void RunParallel(std::span<const int> items, int workers, const std::function<void(int)>& run) {
  Shared shared(items, run);
  std::vector<std::thread> threads;
  const int extra = std::min(workers, static_cast<int>(items.size())) - 1;
  for (int i = 0; i < extra; ++i) threads.emplace_back([&] { shared.Work(); });
  shared.Work();
  for (std::thread& thread : threads) thread.join();
  shared.ThrowFirst();
}

#ifdef _OPENMP
void RunOnTeam(std::span<const int> items, int workers, const std::function<void(int)>& run) {
  Shared shared(items, run);
  const int team = items.size() > 1 ? std::max(1, workers) : 1;
#pragma omp parallel num_threads(team)
  shared.Work();
  shared.ThrowFirst();
}
#else
void RunOnTeam(std::span<const int> items, int workers, const std::function<void(int)>& run) {
  RunParallel(items, workers, run);
}
#endif

}  // namespace pgts
