# SPDX-License-Identifier: Apache-2.0
# Every library that the build links, in one place. Package names stand in scripts/dependencies.sh.
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

if(PGTS_TORCH)
  find_package(Torch REQUIRED)
endif()
