# SPDX-License-Identifier: Apache-2.0
# Every library that the build links, in one place. Package names stand in scripts/dependencies.sh.
include(CheckCXXSourceCompiles)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)

# llama.cpp, built as part of this tree so that one preset decides flags and sanitizers for both.
if(NOT EXISTS "${PGTS_LLAMA_SOURCE}/include/llama.h")
  message(FATAL_ERROR "No llama.cpp at ${PGTS_LLAMA_SOURCE}. Run ./setup.sh, or pass "
                      "-DPGTS_LLAMA_SOURCE=<your llama.cpp source tree>.")
endif()
foreach(part APP COMMON TESTS TOOLS EXAMPLES SERVER)
  set(LLAMA_BUILD_${part} OFF CACHE BOOL "" FORCE)
endforeach()
set(LLAMA_OPENSSL OFF CACHE BOOL "" FORCE)
set(BUILD_SHARED_LIBS OFF CACHE BOOL "" FORCE)
set(GGML_NATIVE ON CACHE BOOL "")
if(PGTS_SANITIZE MATCHES "thread")
  set(GGML_OPENMP OFF CACHE BOOL "" FORCE)
endif()
add_subdirectory("${PGTS_LLAMA_SOURCE}" third_party/llama.cpp EXCLUDE_FROM_ALL SYSTEM)
# g++ 12 drops most of what ggml stores into the tile configuration before _tile_loadconfig (GCC bug
# 114098), and the first tile instruction of a CPU with AMX ends the program (SIGILL).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  set_source_files_properties(
    "${PGTS_LLAMA_SOURCE}/ggml/src/ggml-cpu/amx/mmq.cpp" TARGET_DIRECTORY ggml-cpu
    PROPERTIES COMPILE_OPTIONS "-fno-tree-dse;-fno-dse")
endif()
# The Xeons that have AMX take three times as long for a vdpbf16ps as for the same work in float32,
# and ggml's attention is slower in their float16 than in float32 (docs/PERFORMANCE.md, "Weight
# types on a CPU").
if(GGML_NATIVE AND NOT MSVC)
  set(CMAKE_REQUIRED_FLAGS -march=native)
  check_cxx_source_compiles("#ifndef __AMX_TILE__\n#error no AMX\n#endif\nint main() {}"
                            PGTS_CPU_HAS_AMX)
  unset(CMAKE_REQUIRED_FLAGS)
  if(PGTS_CPU_HAS_AMX)
    target_compile_options(ggml-cpu PRIVATE -mno-avx512bf16 -mno-avx512fp16)
  endif()
endif()

if(PGTS_TORCH)
  find_package(Torch REQUIRED)
endif()
