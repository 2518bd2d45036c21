// SPDX-License-Identifier: Apache-2.0
#include "base/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

namespace pgts::console {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[2K";

struct State {
  std::mutex mutex;
  std::string bar;  // what stands on the last line now
};

State& GetState() {
  static State state;
  return state;
}

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

void Write(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

bool IsTerminal() {
  static const bool terminal = isatty(STDERR_FILENO) == 1 && Environment("TERM") != "dumb";
  return terminal;
}

bool UseColour() { return IsTerminal() && Environment("NO_COLOR").empty(); }

int Width() {
  winsize size = {};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void WriteLine(std::string_view line) {
  State& state = GetState();
  const std::lock_guard lock(state.mutex);
  std::string text(state.bar.empty() ? "" : kClearLine);
  Write(text.append(line).append("\n").append(state.bar));
}

void SetBar(std::string_view bar) {
  if (!IsTerminal()) return;
  State& state = GetState();
  const std::lock_guard lock(state.mutex);
  if (bar == state.bar) return;
  Write(std::string(kClearLine).append(bar));
  state.bar = bar;
}

}  // namespace pgts::console
