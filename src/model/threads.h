// SPDX-License-Identifier: Apache-2.0
// The threads of LibTorch's kernels.
#pragma once

namespace pgts::model {

// What `threads` asks for: itself, or with 0 all cores.
int ThreadCount(int threads);

// Makes LibTorch's kernels use ThreadCount(threads) threads.
void UseThreads(int threads);

}  // namespace pgts::model
