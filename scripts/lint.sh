#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Format and lint of our own code; the second takes minutes, so ./test.sh does not run it.
#   scripts/lint.sh                  check the format, then clang-tidy over all of it
#   scripts/lint.sh FILE...          the same for these files
#   scripts/lint.sh --fix [FILE...]  rewrite the files in our format, nothing else
# Needs clang-format, clang-tidy and a configured build/debug.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

fix=
case ${1:-} in
  -h | --help) sed -n '3,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
  --fix) fix=1; shift ;;
esac
readonly kDatabase=build/debug
files=("$@")
if ((${#files[@]} == 0)); then
  mapfile -t files < <(find src tests bench -name '*.h' -o -name '*.cc' | sort)
fi
for tool in clang-format clang-tidy; do
  command -v $tool >/dev/null || fail 2 "there is no $tool; install the package $tool"
done

if [ -n "$fix" ]; then
  clang-format -i "${files[@]}"
  say "formatted ${#files[@]} files"
  exit
fi

status=0
clang-format --dry-run -Werror "${files[@]}" || status=1
say "format: $([ $status = 0 ] && echo "as it should be" || echo "see above; scripts/lint.sh --fix mends it")"

[ -f $kDatabase/compile_commands.json ] || fail 2 "no $kDatabase/compile_commands.json: run cmake --preset debug"
sources=()
for file in "${files[@]}"; do
  if [[ $file == *.cc ]]; then sources+=("$file"); fi
done
if ((${#sources[@]} > 0)); then
  printf '%s\n' "${sources[@]}" |
    xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p "$kDatabase" 2> >(grep -v 'warnings\? generated' >&2) || status=1
fi
say "clang-tidy: $([ $status = 0 ] && echo "nothing found" || echo "see above") ($(duration $SECONDS))"
exit $status
