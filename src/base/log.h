// SPDX-License-Identifier: Apache-2.0
// Log lines for people: on stderr, above any progress bar, and in the run's `training.log`, one
// flushed line each with its time, so that `tail -f` reads well. Results (tables, JSON) go to
// stdout and are not logged. Before InitLog, lines go to stderr only. Safe from any thread.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace pgts {

struct LogOptions {
  std::string file = "";  // appended to; empty: no file
  bool verbose = false;   // Debug lines on stderr too (the file always has them)
};

// May be called again (another run folder). Error if the file cannot be written.
void InitLog(const LogOptions& options);

enum class LogLevel { kDebug, kInfo, kWarn };
void LogLine(LogLevel level, std::string_view text);

template <typename... Args>
void Info(fmt::format_string<Args...> format, Args&&... args) {
  LogLine(LogLevel::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
// Shown as "warning: ...".
template <typename... Args>
void Warn(fmt::format_string<Args...> format, Args&&... args) {
  LogLine(LogLevel::kWarn, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void Debug(fmt::format_string<Args...> format, Args&&... args) {
  LogLine(LogLevel::kDebug, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace pgts
