#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds everything, runs every test.
#   ./test.sh [release|debug|asan|tsan] [ctest options]
# Tests on real data or models read PGTS_DATA and PGTS_MODELS; unset, they are skipped and named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/common.sh

preset=release
case ${1:-} in
  -h | --help) sed -n '3,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
  '' | -*) ;;
  *) preset=$1; shift ;;
esac
case $preset in
  release | debug | asan | tsan) ;;
  *) fail 2 "unknown preset '$preset' (release, debug, asan, tsan)" ;;
esac

# Says which tests were skipped, and which unset variable would let them run: report_skipped LOG
report_skipped() {
  local skipped
  mapfile -t skipped < <(sed -n 's/^ *[0-9]*\/[0-9]* Test *#[0-9]*: \([^ ]*\) .*\*\*\*Skipped.*/\1/p' "$1")
  if ((${#skipped[@]} == 0)); then return; fi
  local reason=
  if [ -z "${PGTS_DATA:-}" ]; then reason+=", PGTS_DATA is unset"; fi
  if [ -z "${PGTS_MODELS:-}" ]; then reason+=", PGTS_MODELS is unset"; fi
  say "${#skipped[@]} skipped${reason}:"
  printf '  %s\n' "${skipped[@]}"
}

./setup.sh
build "$preset"

log=build/test_$preset.log
status=0
begin=$SECONDS
ctest --preset "$preset" --no-tests=error -j "${TEST_JOBS:-2}" "$@" </dev/null 2>&1 |
  tee "$log" || status=$?
report_skipped "$log"
closing=$(grep -E '^[0-9]+% tests passed' "$log" || echo "no test was run")
say "$closing ($preset, $(duration $((SECONDS - begin))); in all $(duration $SECONDS))"
exit "$status"
