// SPDX-License-Identifier: Apache-2.0
// The GPUs as LibTorch sees them, and the memory there that it keeps for its next tensors.
#pragma once

namespace pgts::model {

int TorchGpus();  // how many; 0 where LibTorch has no CUDA

// Gives back what no tensor holds any more, on every GPU, so that llama.cpp can take it. Nothing
// where LibTorch has no CUDA.
void ReleaseGpuCache();

}  // namespace pgts::model
