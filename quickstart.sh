#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh clone to a result: installs what is missing, builds, trains both phases on the
# embedded model, and compares the trained search with its baselines. Everything lands in
# outputs/quickstart; an earlier one is kept under its time. Takes no options; see also test.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/common.sh
if (($# > 0)); then
  [[ $1 == -h || $1 == --help ]] && { sed -n '3,5s/^# \{0,1\}//p' "$0"; exit 0; }
  fail 2 "unknown argument '$1' (it takes none; for your own settings use build/release/pgts)"
fi

readonly kRun=outputs/quickstart
times=() # "stage duration", for the last line

stage() { # TITLE COMMAND...
  local title=$1 begin=$SECONDS status=0
  shift
  if [ "$title" != setup ]; then say "$title: $*"; fi
  "$@" || status=$?
  if ((status != 0)); then
    say "stopped in stage '$title' (exit code $status)" >&2
    exit "$status"
  fi
  times+=("$title $(duration $((SECONDS - begin)))")
}

keep_earlier_run() {
  if [ ! -e "$kRun" ]; then return; fi
  local kept
  kept=${kRun}_$(date -r "$kRun" +%Y%m%d_%H%M%S)
  while [ -e "$kept" ]; do kept+=_; done
  mv "$kRun" "$kept"
  say "the earlier run is now $kept"
}

stage setup ./setup.sh
stage build build release pgts
keep_earlier_run
stage train build/release/pgts train --model-config config/model_config_tiny.yaml \
  --train-config config/training_config_tiny.yaml --output-dir "$kRun" --seed 0
stage evaluate build/release/pgts eval --policy-checkpoint "$kRun" --compare-baselines \
  --output-dir "$kRun" --summary "$kRun/summary.json"

say "the run is $kRun (summary.json, results_*.json, training.log, trajectories/)"
say "open $kRun/report.html in a browser"
printf -v spent '%s, ' "${times[@]}"
say "done in $(duration $SECONDS): ${spent%, }"
