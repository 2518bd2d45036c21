#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what a build needs: system packages and the pinned llama.cpp. Safe to repeat; with
# nothing missing it ends at once.
#   ./setup.sh            install what is missing
#   ./setup.sh --check    only say what is missing (exit code 1 if something is)
#   ./setup.sh --lint     install what scripts/lint.sh runs, too
# Your own parts (PGTS_* variables are options of the program, so these are named otherwise):
#   Torch_DIR=DIR            a LibTorch's share/cmake/Torch folder, instead of the system's package
#   LLAMA_SOURCE=DIR         a llama.cpp source tree, instead of the pinned one
#   LLAMA_ARCHIVE=FILE       the pinned archive, already downloaded
#   SKIP_PACKAGES=1          leave the system's packages alone
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/common.sh
source scripts/dependencies.sh

check_only=
lint=
case ${1:-} in
  '') ;;
  --check) check_only=1 ;;
  --lint) lint=1 ;;
  -h | --help) sed -n '3,12s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) fail 2 "unknown option '$1' (there are --check and --lint)" ;;
esac

# "debian-12", "ubuntu-24.04", ...
system_name() {
  local ID=unknown VERSION_ID=
  if [ -r /etc/os-release ]; then source /etc/os-release; fi
  echo "$ID-$VERSION_ID"
}

missing_packages() {
  local packages installed package
  mapfile -t packages < <(required_packages "$(system_name)")
  if [ -n "$lint" ]; then packages+=("${kLintPackages[@]}"); fi
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null |
    sed -n 's/ installed$//p') || true
  for package in "${packages[@]}"; do
    grep -qxF "$package" <<<"$installed" || echo "$package"
  done
}

# Leaves in `as_root` what goes before a command that needs the administrator's rights.
find_rights() {
  as_root=()
  if ((EUID == 0)); then return; fi
  if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
    as_root=(sudo)
    return
  fi
  say "error: packages are missing and this user may not install them. Have this run as root:" >&2
  printf '  apt-get update && apt-get install --yes --no-install-recommends %s\n' "$*" >&2
  exit 2
}

# Debian's LibTorch is not in every release: without it the user brings one.
require_torch_candidate() {
  case " $* " in *" libtorch-dev "*) ;; *) return 0 ;; esac
  if apt-cache show libtorch-dev >/dev/null 2>&1; then return; fi
  fail 2 "this system ($(system_name)) has no package libtorch-dev. Unpack a LibTorch (1.13 or" \
    "later, C++11 ABI) and run again with Torch_DIR=<it>/share/cmake/Torch" \
    "(on Ubuntu the package may also need the 'universe' component)"
}

install_packages() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    fail 2 "this system has no apt. Install the counterparts of these Debian packages, then run" \
      "again with SKIP_PACKAGES=1: $(required_packages debian-12 | tr '\n' ' ')"
  fi
  local missing
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then return; fi
  if [ -n "$check_only" ]; then
    say "missing packages: ${missing[*]}"
    incomplete=1
    return
  fi
  local as_root
  find_rights "${missing[@]}"
  say "installing ${#missing[@]} system packages: ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120
    -o Acquire::Retries=3)
  # One unreachable source among many is no reason to stop: the install says what it lacks.
  logged "read package lists" build/setup_packages.log "${apt[@]}" update ||
    say "warning: some package lists could not be read; going on with those that could"
  require_torch_candidate "${missing[@]}"
  # Thousands of small headers: waiting for the disk after each would take four times as long.
  logged "install packages" build/setup_packages.log "${apt[@]}" install --yes \
    --no-install-recommends -o Dpkg::Options::=--force-unsafe-io "${missing[@]}" ||
    fail 1 "apt-get could not install the packages (see above)"
  sync
}

# LibTorch works with any BLAS, but the reference one makes training 20 times slower: say so.
warn_of_slow_blas() {
  local library
  for library in /usr/lib/*-linux-gnu/libblas.so.3; do
    case $(readlink -f "$library") in
      */blas/libblas.so*)
        say "warning: $library is the slow reference BLAS; LibTorch will train 20 times slower." \
          "Cure: update-alternatives --config libblas.so.3-x86_64-linux-gnu, choose openblas-openmp"
        ;;
    esac
  done
}

download_llama() { # FOLDER
  local attempt pip=(python3 -m pip download --disable-pip-version-check --no-deps
    --no-binary "$kLlamaPackage" --dest "$1" "$kLlamaPackage==$kLlamaVersion")
  for attempt in 1 2 3; do
    PYTHONPATH=$PWD/scripts/pip_stand_in PYTHONDONTWRITEBYTECODE=1 \
      "${pip[@]}" --no-build-isolation && return
    echo "attempt $attempt failed"
    sleep $((attempt * 2))
  done
  "${pip[@]}" # the long way: pip fetches the package's own build tools first
}

unpack_llama() { # ARCHIVE FOLDER
  mkdir "$2/llama.cpp" &&
    tar -xzf "$1" -C "$2/llama.cpp" --strip-components=3 --wildcards \
      --no-wildcards-match-slash "llama_cpp_python-*/$kLlamaFolder" &&
    test -f "$2/llama.cpp/include/llama.h" &&
    echo "$kLlamaSha256" >"$2/llama.cpp/.pgts-stamp"
}

fetch_llama() {
  local target=third_party/llama.cpp stamp=
  if [ -n "${LLAMA_SOURCE:-}" ]; then
    [ -f "$LLAMA_SOURCE/include/llama.h" ] ||
      fail 2 "LLAMA_SOURCE=$LLAMA_SOURCE holds no include/llama.h"
    return
  fi
  if [ -f "$target/.pgts-stamp" ]; then stamp=$(<"$target/.pgts-stamp"); fi
  if [ "$stamp" = "$kLlamaSha256" ]; then return; fi
  if [ -n "$check_only" ]; then
    say "missing: $target ($kLlamaPackage $kLlamaVersion)"
    incomplete=1
    return
  fi
  mkdir -p third_party
  temporary=$(mktemp -d third_party/.fetch.XXXXXX)
  local archive=${LLAMA_ARCHIVE:-}
  if [ -z "$archive" ]; then
    logged "fetch llama.cpp ($kLlamaPackage $kLlamaVersion, 77 MB)" build/setup_llama.log \
      download_llama "$temporary" || fail 1 "the download failed (see above); without a network:" \
      "LLAMA_ARCHIVE=<$kLlamaPackage $kLlamaVersion source archive> ./setup.sh"
    archive=$(ls "$temporary"/*.tar.gz)
  fi
  [ -f "$archive" ] || fail 2 "there is no file $archive (LLAMA_ARCHIVE)"
  echo "$kLlamaSha256  $archive" | sha256sum --check --status ||
    fail 2 "$archive has another checksum than $kLlamaSha256: not used"
  logged "unpack llama.cpp" build/setup_unpack.log unpack_llama "$archive" "$temporary" ||
    fail 1 "$archive could not be unpacked (see above)"
  if [ -e "$target" ]; then # another version or a tree of the user's own: kept beside
    mv "$target" "$target.before_$(date +%Y%m%d_%H%M%S)"
  fi
  mv "$temporary/llama.cpp" "$target"
  rm -rf "$temporary"
  temporary=
}

incomplete=
if [ -z "${SKIP_PACKAGES:-}" ]; then install_packages; fi
fetch_llama
if [ -n "$incomplete" ]; then exit 1; fi
if [ -z "${Torch_DIR:-}" ]; then warn_of_slow_blas; fi
say "everything is there ($(duration $SECONDS))"
