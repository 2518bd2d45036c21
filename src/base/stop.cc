// SPDX-License-Identifier: Apache-2.0
#include "base/stop.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <string_view>

#include "base/error.h"

namespace pgts {
namespace {

constexpr int kInterruptedExitCode = 130;  // as a shell reports a process that Ctrl-C ended

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "used in a signal handler");

// Only async-signal-safe calls.
extern "C" void OnSignal(int) {
  if (stop_requested.exchange(true)) _exit(kInterruptedExitCode);
  constexpr std::string_view kText =
      "\nstopping at the next safe point; Ctrl-C again ends at once\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText.data(), kText.size());
}

}  // namespace

void InstallStopHandler() {
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;  // a stop request must not fail a file read halfway
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool StopRequested() { return stop_requested.load(std::memory_order_relaxed); }
void RequestStop() { stop_requested = true; }
void ClearStop() { stop_requested = false; }

void ThrowIfStopped() {
  if (StopRequested()) throw Interrupted();
}

}  // namespace pgts
