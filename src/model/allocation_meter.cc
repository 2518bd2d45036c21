// SPDX-License-Identifier: Apache-2.0
#include "model/allocation_meter.h"

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <algorithm>
#include <memory>

namespace pgts::model {
namespace {

class AllocationMeter : public c10::MemoryReportingInfoBase {
 public:
  // LibTorch's own signature up to 1.13, and after: one of the two overrides.
  void reportMemoryUsage(void*, int64_t bytes, int64_t, int64_t, c10::Device) { Add(bytes); }
  void reportMemoryUsage(void*, int64_t bytes, size_t, size_t, c10::Device) { Add(bytes); }
  bool memoryProfilingEnabled() const override { return true; }
  int64_t peak() const { return peak_; }

 private:
  void Add(int64_t bytes) {
    held_ += bytes;
    peak_ = std::max(peak_, held_);
  }

  int64_t held_ = 0, peak_ = 0;
};

}  // namespace

int64_t PeakAllocation(const std::function<void()>& work) {
  const auto meter = std::make_shared<AllocationMeter>();
  const c10::DebugInfoGuard watch(c10::DebugInfoKind::PROFILER_STATE, meter);
  work();
  return meter->peak();
}

}  // namespace pgts::model
