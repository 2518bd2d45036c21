#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Format and lint of our own code; the second takes minutes, so ./test.sh does not run it.
#   scripts/lint.sh                  check the format, then clang-tidy over all of it
#   scripts/lint.sh FILE...          the same for these files
#   scripts/lint.sh --format         the format of everything, nothing else
#   scripts/lint.sh --changed BASE   the format of everything, clang-tidy over what changed since BASE,
#                                    headers by the sources that stand beside them
#   scripts/lint.sh --fix [FILE...]  rewrite the files in our format, nothing else
# LINT_MINUTES=N ends clang-tidy after N minutes, and the last line says how many files it left out.
# Needs clang-format and clang-tidy (./setup.sh --lint); configures build/debug where it is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

fix=
format_only=
base=
case ${1:-} in
  -h | --help) sed -n '3,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
  --fix) fix=1; shift ;;
  --format) format_only=1; shift ;;
  --changed) base=${2:?"--changed needs a commit"}; shift 2 ;;
esac
readonly kDatabase=build/debug
for tool in clang-format clang-tidy; do
  command -v $tool >/dev/null || fail 2 "there is no $tool; ./setup.sh --lint installs it"
done

files=("$@")
if ((${#files[@]} == 0)); then
  mapfile -t files < <(find src tests -name '*.h' -o -name '*.cc' | sort)
fi

if [ -n "$fix" ]; then
  clang-format -i "${files[@]}"
  say "formatted ${#files[@]} files"
  exit
fi

status=0
clang-format --dry-run -Werror "${files[@]}" || status=1
say "format: $([ $status = 0 ] && echo "as it should be" || echo "see above; scripts/lint.sh --fix mends it")"

if [ -n "$format_only" ]; then exit $status; fi

# The sources to read: of what changed since $base, the source itself or the one beside the header.
changed_sources() {
  local file
  git diff --name-only --diff-filter=d "$base" -- src tests | while read -r file; do
    [ -f "${file%.*}.cc" ] && echo "${file%.*}.cc"
  done | sort -u
}

sources=()
if [ -n "$base" ]; then
  mapfile -t sources < <(changed_sources)
else
  for file in "${files[@]}"; do
    if [[ $file == *.cc ]]; then sources+=("$file"); fi
  done
fi
if [ ! -f $kDatabase/compile_commands.json ]; then
  logged "configure (debug, for clang-tidy)" build/configure_debug.log cmake --preset debug ||
    fail 1 "CMake could not configure (see above)"
fi

# One file; a mark in $temporary says that it was read: tidy FILE
tidy() {
  local found=0
  clang-tidy --quiet -p "$kDatabase" "$1" 2> >(grep -v 'warnings\? generated' >&2) || found=1
  touch "$temporary/${1//\//_}"
  return $found
}
export -f tidy
export kDatabase temporary
tidied=0
temporary=$(mktemp -d)
if ((${#sources[@]} > 0)); then
  printf '%s\n' "${sources[@]}" |
    timeout --foreground "$((${LINT_MINUTES:-600} * 60))" xargs -P "$(nproc)" -I {} bash -c 'tidy "$1"' _ {} || tidied=$?
fi
read_files=$(find "$temporary" -type f | wc -l)
if ((tidied != 0 && tidied != 124)); then status=1; fi
say "clang-tidy: $([ $status = 0 ] && echo "nothing found" || echo "see above") in $read_files of" \
  "${#sources[@]} files ($(duration $SECONDS))"
exit $status
