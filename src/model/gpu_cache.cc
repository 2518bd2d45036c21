// SPDX-License-Identifier: Apache-2.0
#include "model/gpu_cache.h"

#include <torch/cuda.h>

#ifdef PGTS_LIBTORCH_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#endif

namespace pgts::model {

int TorchGpus() { return static_cast<int>(torch::cuda::device_count()); }

void ReleaseGpuCache() {
#ifdef PGTS_LIBTORCH_CUDA
  c10::cuda::CUDACachingAllocator::emptyCache();
#endif
}

}  // namespace pgts::model
