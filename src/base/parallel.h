// SPDX-License-Identifier: Apache-2.0
// The same work on several items at once.
#pragma once

#include <functional>
#include <span>

namespace pgts {

// Calls run(item) once for each item, in that order, on up to `workers` threads (one of them the
// caller's); returns when all are done and throws the first exception again (by item). Calls share
// nothing that is written.
void RunParallel(std::span<const int> items, int workers, const std::function<void(int)>& run);

// The same on OpenMP's threads, where ggml has them, and not inside another parallel region. After
// an evaluation they spin for more work, and threads of our own would have to share processors with
// them. `workers` as many as ggml has: libgomp ends those that a smaller team leaves out.
void RunOnTeam(std::span<const int> items, int workers, const std::function<void(int)>& run);

}  // namespace pgts
