// SPDX-License-Identifier: Apache-2.0
// The same work on several items at once.
#pragma once

#include <functional>
#include <span>

namespace pgts {

// Calls run(item) once for each item, taken in the order given, on up to `workers` threads (one of
// them the caller's), and returns when all are done. If calls threw, the exception of the first
// such item is rethrown. Calls must not write to shared data.
void RunParallel(std::span<const int> items, int workers, const std::function<void(int)>& run);

// The same on OpenMP's threads where ggml uses them: after an evaluation these spin for more work,
// and threads of our own would compete with them for the processors. Not to be called inside
// another parallel region. `workers` must be the number that ggml uses: for a smaller team libgomp
// ends the threads left over.
void RunOnTeam(std::span<const int> items, int workers, const std::function<void(int)>& run);

}  // namespace pgts
