// SPDX-License-Identifier: Apache-2.0
// The threads of LibTorch's kernels.
#pragma once

namespace pgts::model {

// `threads`, or the number of cores if it is 0.
int ThreadCount(int threads);

// Makes LibTorch's kernels use ThreadCount(threads) threads.
void UseThreads(int threads);

}  // namespace pgts::model
