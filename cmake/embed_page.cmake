# SPDX-License-Identifier: Apache-2.0
# Turns <folder>/page.html, page.css and scripts into one C++ string: the page with its style and
# scripts in it, and a content security policy that lets no others run (it names their hashes).
#
#   pgts_embed_page(TARGET FOLDER VARIABLE SCRIPTS...)   adds `pgts::eval::VARIABLE` to TARGET
#
# Run as a script (cmake -D… -P embed_page.cmake) it writes the C++ file; the build does that again
# when a part has changed.
function(pgts_embed_page target folder variable)
  list(TRANSFORM ARGN PREPEND "${folder}/" OUTPUT_VARIABLE scripts)
  set(output "${CMAKE_CURRENT_BINARY_DIR}/${variable}.cc")
  list(JOIN scripts "," joined)
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DFOLDER=${folder}" "-DSCRIPTS=${joined}" "-DVARIABLE=${variable}"
            "-DOUTPUT=${output}" -P "${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake"
    DEPENDS "${folder}/page.html" "${folder}/page.css" ${scripts}
            "${CMAKE_SOURCE_DIR}/cmake/embed_page.cmake"
    COMMENT "Embedding ${variable}" VERBATIM)
  target_sources(${target} PRIVATE "${output}")
endfunction()

# 'sha256-<base64>' of a text, as a content security policy writes it.
function(policy_hash text result)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(SHA256 hex "${text}")
  string(APPEND hex "00") # 32 bytes and one of padding are 22 groups of three hex digits
  set(base64 "")
  foreach(at RANGE 0 63 3)
    string(SUBSTRING "${hex}" ${at} 3 digits)
    math(EXPR high "0x${digits} / 64")
    math(EXPR low "0x${digits} % 64")
    string(SUBSTRING "${alphabet}" ${high} 1 first)
    string(SUBSTRING "${alphabet}" ${low} 1 second)
    string(APPEND base64 "${first}${second}")
  endforeach()
  string(REGEX REPLACE ".$" "=" base64 "${base64}") # the last digit is all padding
  set(${result} "'sha256-${base64}'" PARENT_SCOPE)
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  return()
endif()

set(script "'use strict';\n")
string(REPLACE "," ";" SCRIPTS "${SCRIPTS}")
foreach(path IN LISTS SCRIPTS)
  file(READ "${path}" part)
  string(APPEND script "${part}")
endforeach()
file(READ "${FOLDER}/page.css" style)
file(READ "${FOLDER}/page.html" page)
policy_hash("${script}" script_hash)
policy_hash("${style}" style_hash)
string(REPLACE "{{style}}" "${style}" page "${page}")
string(REPLACE "{{script}}" "${script}" page "${page}")
string(REPLACE "{{style_hash}}" "${style_hash}" page "${page}")
string(REPLACE "{{script_hash}}" "${script_hash}" page "${page}")
file(WRITE "${OUTPUT}" "// Written by cmake/embed_page.cmake.
#include <string_view>

namespace pgts::report {

extern const std::string_view ${VARIABLE};
const std::string_view ${VARIABLE} = R\"page(${page})page\";

}  // namespace pgts::report
")
