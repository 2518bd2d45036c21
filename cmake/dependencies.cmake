# SPDX-License-Identifier: Apache-2.0
# Every library that the build links, in one place. Package names stand in scripts/dependencies.sh.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceCompiles)
include(CMakePushCheckState)
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
# Devices of other processes and machines (llm/llama_rpc.h); over TCP alone.
set(GGML_RPC ON CACHE BOOL "" FORCE)
set(GGML_RPC_RDMA OFF CACHE BOOL "" FORCE)
if(PGTS_SANITIZE MATCHES "thread")
  set(GGML_OPENMP OFF CACHE BOOL "" FORCE)
endif()
find_package(OpenMP COMPONENTS CXX)  # ggml's threads, which base/parallel.h shares
add_subdirectory("${PGTS_LLAMA_SOURCE}" third_party/llama.cpp EXCLUDE_FROM_ALL SYSTEM)
# What of llama.cpp is read at most once a run (files, vocabularies, grammars, memory of architectures
# that are refused) is compiled in a third less time with -O1; what runs at every token keeps -O3.
foreach(part llama-adapter llama-arch llama-chat llama-grammar llama-kv-cache-dsa llama-kv-cache-dsa-iswa
             llama-kv-cache-dsv4 llama-kv-cache-msa llama-memory-hybrid llama-memory-hybrid-idx
             llama-memory-hybrid-iswa llama-memory-recurrent llama-mmap llama-model llama-model-loader
             llama-model-saver llama-quant llama-sampler llama-vocab unicode)
  if(EXISTS "${PGTS_LLAMA_SOURCE}/src/${part}.cpp")
    set_source_files_properties("${PGTS_LLAMA_SOURCE}/src/${part}.cpp" TARGET_DIRECTORY llama
                                PROPERTIES COMPILE_OPTIONS "$<$<CONFIG:Release>:-O1>")
  endif()
endforeach()
# g++ 12's _tile_loadconfig declares that it reads 8 of the 64 bytes of a tile configuration, so that
# the stores of the others are dropped, and a CPU with AMX ends in SIGILL at its first tile.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  set_source_files_properties(
    "${PGTS_LLAMA_SOURCE}/ggml/src/ggml-cpu/amx/mmq.cpp" TARGET_DIRECTORY ggml-cpu
    PROPERTIES COMPILE_OPTIONS "-fno-tree-dse;-fno-dse")
endif()
# On a Xeon with AMX (Sapphire or Emerald Rapids) a vdpbf16ps takes three times as long as the same
# work in float32, and ggml's attention is slower in float16 than in float32 arithmetic
# (docs/PERFORMANCE.md, "Weight types on a CPU"). Asked anew each time: it is this machine's.
unset(PGTS_CPU_HAS_AMX CACHE)
if(GGML_NATIVE)
  cmake_push_check_state()
  set(CMAKE_REQUIRED_FLAGS "${CMAKE_REQUIRED_FLAGS} -march=native")
  set(CMAKE_REQUIRED_QUIET ON)
  check_cxx_source_compiles("#ifndef __AMX_TILE__\n#error no AMX\n#endif\nint main() {}"
                            PGTS_CPU_HAS_AMX)
  cmake_pop_check_state()
endif()
if(PGTS_CPU_HAS_AMX)
  foreach(part avx512bf16 avx512fp16)
    check_cxx_compiler_flag(-mno-${part} PGTS_HAS_MNO_${part})
    if(PGTS_HAS_MNO_${part})
      target_compile_options(ggml-cpu PRIVATE -mno-${part})
    endif()
  endforeach()
  message(STATUS "A CPU with AMX: ggml is built without avx512bf16 and avx512fp16, slower there")
endif()

# Chat templates are rendered by llama.cpp's own jinja engine, and by that alone: common/chat.h around
# it is for tool calls (parsers of what models write, grammars, 30 files), which nobody here asks for.
# One unit reads the engine's headers once; json.cpp, a form in which it can be given its inputs, has to
# stand alone.
set(llama_common "${PGTS_LLAMA_SOURCE}/common")
add_library(llama_jinja STATIC EXCLUDE_FROM_ALL
            "${llama_common}/jinja/lexer.cpp" "${llama_common}/jinja/parser.cpp"
            "${llama_common}/jinja/runtime.cpp" "${llama_common}/jinja/string.cpp"
            "${llama_common}/jinja/value.cpp" "${llama_common}/json.cpp" "${llama_common}/unicode.cpp")
target_include_directories(llama_jinja SYSTEM PUBLIC "${llama_common}")
# Its nlohmann_json is 3.12, in a namespace that carries the version: no clash with the system's.
target_include_directories(llama_jinja SYSTEM PRIVATE "${PGTS_LLAMA_SOURCE}/vendor")
target_compile_features(llama_jinja PRIVATE cxx_std_17)
target_compile_options(llama_jinja PRIVATE -w $<$<CONFIG:Release>:-O1>)
target_link_libraries(llama_jinja PRIVATE ggml)
set_target_properties(llama_jinja PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
set_source_files_properties("${llama_common}/json.cpp" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

# Models are fetched by the HTTP client in llama.cpp's sources; HTTPS and SHA-256 come from OpenSSL.
# (The downloader in llama.cpp's common/ drags in fifteen files of it, and tells neither a status code
# nor a wrong hash: src/hub/ has the few lines that a download needs.)
find_package(OpenSSL 3 REQUIRED)
add_library(httplib STATIC EXCLUDE_FROM_ALL "${PGTS_LLAMA_SOURCE}/vendor/cpp-httplib/httplib.cpp")
target_include_directories(httplib SYSTEM PUBLIC "${PGTS_LLAMA_SOURCE}/vendor/cpp-httplib")
target_compile_definitions(httplib PUBLIC CPPHTTPLIB_OPENSSL_SUPPORT)
target_compile_options(httplib PRIVATE -w $<$<CONFIG:Release>:-O1>)
target_link_libraries(httplib PUBLIC OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

if(PGTS_TORCH)
  find_package(Torch REQUIRED)
endif()
