# SPDX-License-Identifier: Apache-2.0
# pgts_room(NAME [TORCH] [COLD] ROOMS <rooms it may include> LIBS <libraries>)
# One static library per room, linking exactly what it may include, and one test program from the
# *_test.cc files beside the code. Files *_main.cc and *_benchmark.cc are programs of their own. TORCH marks a room that needs LibTorch: skipped without it. COLD: no loop of it is ever waited for,
# so that the compiler need not try hard (-O1 instead of -O3 in release).
set(PGTS_WARNINGS -Wall -Wextra -Wno-missing-field-initializers
    -Wno-restrict)  # false alarms of g++ 12 on "literal" + std::string
if(PGTS_UNITY)
  list(APPEND PGTS_WARNINGS -Wno-subobject-linkage)  # it takes a .cc that is included for a header
endif()

function(pgts_room name)
  cmake_parse_arguments(ROOM "TORCH;COLD" "" "ROOMS;LIBS" ${ARGN})
  if(ROOM_TORCH AND NOT PGTS_TORCH)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|main|benchmark)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(TRANSFORM ROOM_ROOMS PREPEND pgts_ OUTPUT_VARIABLE rooms)

  if(sources)
    add_library(pgts_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(pgts_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(pgts_${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(pgts_${name} ${scope} ${rooms} ${ROOM_LIBS})
  if(sources)
    target_compile_options(pgts_${name} PRIVATE ${PGTS_WARNINGS})
    # LibTorch's headers take longer to read than a room's files to compile.
    set_target_properties(pgts_${name} PROPERTIES UNITY_BUILD ${PGTS_UNITY} UNITY_BUILD_BATCH_SIZE 24)
    if(ROOM_COLD)
      target_compile_options(pgts_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
  endif()

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE pgts_${name} GTest::gmock GTest::gtest_main rapidcheck)
    target_compile_options(${name}_test PRIVATE ${PGTS_WARNINGS})
    target_compile_definitions(${name}_test PRIVATE PGTS_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    include(GoogleTest)
    # Tests run side by side, each on one thread; so their sums have one order, too.
    gtest_discover_tests(${name}_test DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 240 ENVIRONMENT OMP_NUM_THREADS=1)
  endif()
endfunction()
