# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Everything that this project takes from elsewhere, in one place. Sourced by setup.sh.
# The reference system is Debian 12; Ubuntu 24.04 names Boost otherwise.
# shellcheck disable=SC2034  # the names below are for the script that sources this one

# llama.cpp comes inside the source package of its Python bindings: one pinned archive.
readonly kLlamaPackage=llama-cpp-python
readonly kLlamaVersion=0.3.36
readonly kLlamaSha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
readonly kLlamaFolder=vendor/llama.cpp

# What scripts/lint.sh runs; setup.sh installs it on --lint.
# shellcheck disable=SC2034
readonly kLintPackages=(clang-format clang-tidy)

# Prints the system packages that a build needs, one a line.
# $1: the system's ID and version from os-release, as in "debian-12" or "ubuntu-24.04".
required_packages() {
  local boost=libboost-dev # 1.83 or later on systems newer than these two
  case $1 in
    debian-12) boost=libboost1.81-dev ;;     # CMake asks for 1.81; Debian's default is 1.74
    ubuntu-24.04) boost=libboost1.83-dev ;;
  esac
  local tools=(build-essential cmake ninja-build git python3-pip pkg-config
    librsvg2-bin) # draws the PNG of `pgts compare`
  local libraries=("$boost" libcli11-dev libyaml-cpp-dev nlohmann-json3-dev libspdlog-dev libfmt-dev
    libre2-dev librandom123-dev libssl-dev)
  local tests=(libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev)
  # LibTorch; with another BLAS than this one float32 matrix products take 20 times longer.
  local torch=(libtorch-dev libopenblas0-openmp)
  if [ -n "${Torch_DIR:-}" ]; then torch=(); fi # the user's own LibTorch
  printf '%s\n' "${tools[@]}" "${libraries[@]}" "${tests[@]}" "${torch[@]}"
}
