// SPDX-License-Identifier: Apache-2.0
// OpenBLAS chooses its kernels when it is loaded, before main. Versions that do not know the
// processor fall back to SSE3, several times slower than what it can do.
#pragma once

namespace pgts::cli {

// Where OPENBLAS_CORETYPE is unset and the processor has AVX2 or AVX-512, sets it and starts the
// program again in place (same process id, arguments, terminal). Returns where nothing is to do.
void UseFastOpenBlasCore(char** argv);

}  // namespace pgts::cli
