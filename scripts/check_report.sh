#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Looks at a report in headless Chromium, as a phone and a desktop show it, light and dark: nothing
# on the console, nothing wider than the screen, no script but its own, a search that replays from
# its question to its end, under 20 MB, first picture within 2 seconds. Leaves screenshots to look at.
#   scripts/check_report.sh REPORT.html [FOLDER for the screenshots]
#   scripts/check_report.sh --hostile PGTS    the same of a run whose texts are markup
#                                             (tests/hostile_run), with this program
# Needs the package chromium; 77, where it is not there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

readonly kMostBytes=20000000 kMostMilliseconds=2000
if (($# == 0)) || [[ $1 == -h || $1 == --help ]]; then sed -n '3,9s/^# \{0,1\}//p' "$0"; exit 2; fi
command -v chromium >/dev/null || fail 77 "there is no chromium; install the package chromium"
temporary=$(mktemp -d)
schemes="light dark"
if [[ $1 == --hostile ]]; then
  cp -r tests/hostile_run "$temporary"
  report=$("$2" report "$temporary/hostile_run")
  shots=$temporary schemes=light # what is run does not depend on colours
else
  report=$(realpath "$1")
  shots=$(realpath -m "${2:-build/report_screenshots}")
  [ -f "$report" ] || fail 2 "there is no $report"
  mkdir -p "$shots"
fi
problems=0

problem() {
  say "$*"
  problems=$((problems + 1))
}

# Chromium reads commands (JSON, each ended by a zero byte) from its descriptor 3 and writes answers
# and events to its descriptor 4: the DevTools protocol over a pipe.
start_browser() {
  mkfifo "$temporary/commands" "$temporary/answers"
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-pipe \
    --user-data-dir="$temporary/profile" about:blank \
    3<"$temporary/commands" 4>"$temporary/answers" >/dev/null 2>&1 &
  browser=$!
  trap 'stop_browser; clean_up' EXIT
  exec {commands}>"$temporary/commands" {answers}<"$temporary/answers"
}

stop_browser() {
  kill "$browser" 2>/dev/null || true
  wait "$browser" 2>/dev/null || true
}

last=0     # number of the last command
session='' # the page's, once there is one
answer=''  # to the last command

# command METHOD [PARAMETERS]: waits for its answer; console lines on the way are problems.
command_browser() {
  local target=
  if [ -n "$session" ]; then target=",\"sessionId\":\"$session\""; fi
  last=$((last + 1))
  printf '{"id":%d,"method":"%s","params":%s%s}\0' $last "$1" "${2:-{\}}" "$target" >&"$commands"
  until [[ $answer == "{\"id\":$last,"* ]]; do next_message; done
}

next_message() {
  IFS= read -r -d '' -t 60 answer <&"$answers" || fail 1 "chromium no longer answers"
  case $answer in
    '{"method":"Runtime.consoleAPICalled"'* | '{"method":"Runtime.exceptionThrown"'* | '{"method":"Log.entryAdded"'*)
      problem "on the console: ${answer:0:400}" ;;
  esac
}

wait_for_event() {
  until [[ $answer == "{\"method\":\"$1\""* ]]; do next_message; done
}

field() { # NAME: a text in the answer
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$answer"
}

json_text() { # TEXT
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '"%s"' "${text//$'\n'/\\n}"
}

open_page() {
  command_browser Target.createTarget '{"url":"about:blank"}'
  command_browser Target.attachToTarget "{\"targetId\":\"$(field targetId)\",\"flatten\":true}"
  session=$(field sessionId)
  local domain
  for domain in Runtime Log Page; do command_browser $domain.enable; done
}

expect() { # WHAT PATTERN
  [[ $seen =~ $2 ]] || problem "$name: $1"
}

look() { # NAME WIDTH HEIGHT SCHEME PLACE
  local name=$1 seen mobile=false scale=1
  if (($2 < 500)); then mobile=true scale=2; fi
  command_browser Emulation.setDeviceMetricsOverride \
    "{\"width\":$2,\"height\":$3,\"deviceScaleFactor\":$scale,\"mobile\":$mobile}"
  command_browser Emulation.setEmulatedMedia \
    "{\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"$4\"}]}"
  command_browser Page.navigate "{\"url\":\"file://$report?$name\"}"
  wait_for_event Page.loadEventFired
  command_browser Runtime.evaluate "{\"awaitPromise\":true,\"expression\":$(json_text "$(<scripts/check_report.js)(\"$5\")")}"
  seen=$(field value)
  say "$name: $seen"
  expect "no picture within $kMostMilliseconds ms" 'first picture ([0-9]+) ms'
  ((${BASH_REMATCH[1]:-9999} <= kMostMilliseconds)) || problem "$name: first picture too late"
  expect "wider than the screen" 'too wide by 0;'
  expect "runs scripts that are not its own" 'scripts 1;'
  expect "holds elements that are not its own" 'foreign 0;'
  expect "does not replay" 'replay (absent|whole)$'
  command_browser Page.captureScreenshot
  field data | base64 -d >"$shots/$name.png"
}

bytes=$(stat -c %s "$report")
((bytes < kMostBytes)) || problem "$bytes bytes, more than $kMostBytes"
start_browser
open_page
for place in top comparison replay policy reward; do
  for scheme in $schemes; do
    look "phone_${scheme}_$place" 390 844 $scheme $place
    look "desktop_${scheme}_$place" 1280 800 $scheme $place
  done
done
((problems == 0)) || fail 1 "$problems problems; screenshots: $shots"
say "nothing wrong with $bytes bytes; screenshots: $shots ($(duration $SECONDS))"
