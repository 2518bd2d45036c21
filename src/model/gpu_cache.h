// SPDX-License-Identifier: Apache-2.0
// GPU memory that LibTorch keeps for its next tensors.
#pragma once

namespace pgts::model {

// Gives back what no tensor holds any more, on every GPU, so that llama.cpp can take it. Nothing
// where LibTorch has no CUDA.
void ReleaseGpuCache();

}  // namespace pgts::model
