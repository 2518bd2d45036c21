# SPDX-License-Identifier: Apache-2.0
# Run at every build (cmake -P): writes OUTPUT, a header with the commit, if it has changed.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT
"// Written by cmake/build_info.cmake.
#pragma once

namespace pgts {
inline constexpr const char* kCommit = \"@commit@\";
inline constexpr const char* kBuildType = \"@BUILD_TYPE@\";
inline constexpr const char* kCompiler = \"@COMPILER@\";
}  // namespace pgts
")
