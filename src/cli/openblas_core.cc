// SPDX-License-Identifier: Apache-2.0
#include "cli/openblas_core.h"

#include <unistd.h>

#include <cstdlib>

namespace pgts::cli {
namespace {

constexpr const char* kVariable = "OPENBLAS_CORETYPE";

const char* FastestCore() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) return "SKYLAKEX";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "HASWELL";
#endif
  return nullptr;
}

}  // namespace

void UseFastOpenBlasCore(char** argv) {
  const char* core = FastestCore();
  if (core == nullptr || std::getenv(kVariable) != nullptr) return;
  setenv(kVariable, core, /*overwrite=*/0);
  execv("/proc/self/exe", argv);  // returns only where it fails; then we go on, slower
}

}  // namespace pgts::cli
