// SPDX-License-Identifier: Apache-2.0
// How much LibTorch allocates: what tests hold plans of memory against.
#pragma once

#include <cstdint>
#include <functional>

namespace pgts::model {

// The most bytes of CPU memory that `work` holds in tensors at a time, on this thread, beside what
// was there before.
int64_t PeakAllocation(const std::function<void()>& work);

}  // namespace pgts::model
