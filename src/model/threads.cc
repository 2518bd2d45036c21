// SPDX-License-Identifier: Apache-2.0
#include "model/threads.h"

#include <ATen/Parallel.h>

#include <thread>

namespace pgts::model {

int ThreadCount(int threads) {
  return threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
}

void UseThreads(int threads) { at::set_num_threads(ThreadCount(threads)); }

}  // namespace pgts::model
