# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What the commands at the top of the repository share: messages, logged steps with a clock, and
# the build. Sourced with the repository root as working directory.

export PATH # bash makes one up where there is none, but tells nobody: Python needs it

temporary= # a path that is removed however the script ends
ticker=    # process id of the clock beside a running step

# Prints one line under the running script's name: say TEXT...
say() { printf '%s: %s\n' "${0##*/}" "$*"; }

# Ends the script with a message: fail EXIT_CODE TEXT...
fail() {
  local code=$1
  shift
  printf '%s: error: %s\n' "${0##*/}" "$*" >&2
  exit "$code"
}

# A duration for people: duration SECONDS
duration() {
  if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

on_terminal() { [ -t 1 ] && [ -z "${CI:-}" ]; }

stop_ticker() {
  if [ -n "$ticker" ]; then
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    ticker=
    printf '\r\033[K'
  fi
}

clean_up() {
  stop_ticker
  if [ -n "$temporary" ]; then rm -rf "$temporary"; fi
}
trap clean_up EXIT
trap 'clean_up; printf "\n%s: stopped; it can be run again\n" "${0##*/}" >&2; exit 130' INT TERM

# Shows the clock and the log's last line until killed: show_clock TITLE LOG
show_clock() {
  local begin=$SECONDS columns last
  columns=$(tput cols 2>/dev/null || echo 80)
  while sleep 1; do
    last="$1 $(duration $((SECONDS - begin)))  $(tail -n 1 "$2" 2>/dev/null | tr -cd '[:print:]')"
    printf '\r\033[K%s' "${last:0:columns-1}"
  done
}

# Runs a command with its output in a log; prints what it does, how long it took, and the log's
# tail when it fails: logged TITLE LOG COMMAND...
logged() {
  local title=$1 log=$2 begin=$SECONDS status=0
  shift 2
  mkdir -p "$(dirname "$log")"
  : >"$log"
  if on_terminal; then
    show_clock "$title" "$log" &
    ticker=$!
  else
    say "$title ..."
  fi
  "$@" >>"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  if ((status != 0)); then
    tail -n 25 "$log" >&2
    say "$title: failed after $(duration $((SECONDS - begin))); all of it is in $log" >&2
    return "$status"
  fi
  say "$title: $(duration $((SECONDS - begin)))"
}

# Turns ninja's lines into one line of progress (ten lines without a terminal).
show_build_progress() {
  local line ready total next=10 begin=$SECONDS
  while IFS= read -r line; do
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
    ready=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]}
    if on_terminal; then
      printf '\r\033[Kbuilding %d/%d (%d %%) %s' "$ready" "$total" $((100 * ready / total)) \
        "$(duration $((SECONDS - begin)))"
    elif ((100 * ready >= next * total)); then
      say "built $ready/$total, $(duration $((SECONDS - begin)))"
      next=$((100 * ready / total + 10))
    fi
  done
  if on_terminal; then printf '\r\033[K'; fi
}

# Configures (once) and builds one preset: build PRESET [TARGET...]
# CMAKE_OPTIONS adds options; LLAMA_SOURCE and Torch_DIR name the user's own libraries.
build() {
  local preset=$1 begin=$SECONDS log=build/build_$1.log
  shift
  local options=()
  read -ra options <<<"${CMAKE_OPTIONS:-}"
  if [ -n "${LLAMA_SOURCE:-}" ]; then options+=("-DPGTS_LLAMA_SOURCE=$LLAMA_SOURCE"); fi
  if [ -n "${Torch_DIR:-}" ]; then options+=("-DTorch_DIR=$Torch_DIR"); fi
  if [ ! -f "build/$preset/build.ninja" ] || ((${#options[@]} > 0)); then
    logged "configure ($preset)" "build/configure_$preset.log" \
      cmake --preset "$preset" "${options[@]}" || fail 1 "CMake could not configure (see above)"
  fi
  if ! cmake --build --preset "$preset" --parallel "$(nproc)" ${1:+--target "$@"} 2>&1 </dev/null | tee "$log" |
    show_build_progress; then
    grep -E -A 12 '(error|FAILED|undefined reference)' "$log" | head -n 60 >&2 || tail -n 25 "$log" >&2
    fail 1 "the build failed; all of it is in $log"
  fi
  say "build ($preset): $(duration $((SECONDS - begin)))"
}
