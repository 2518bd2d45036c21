// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <memory>
#include <mutex>

#include "base/console.h"
#include "base/error.h"
#include "base/files.h"

namespace pgts {
namespace {

class ConsoleSink : public spdlog::sinks::base_sink<std::mutex> {
 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line(Prefix(message.level));
    console::WriteLine(line.append(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

 private:
  static std::string_view Prefix(spdlog::level::level_enum level) {
    if (level != spdlog::level::warn) return "";
    return console::UseColour() ? "\x1b[33mwarning:\x1b[0m " : "warning: ";
  }
};

std::shared_ptr<spdlog::logger> MakeLogger(bool verbose) {
  const auto sink = std::make_shared<ConsoleSink>();
  sink->set_level(verbose ? spdlog::level::debug : spdlog::level::info);
  const auto logger = std::make_shared<spdlog::logger>("pgts", sink);
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::debug);
  return logger;
}

spdlog::sink_ptr MakeFileSink(const std::string& path) {
  MakeFolderOf(path);
  try {
    const auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    sink->set_pattern("%Y-%m-%d %H:%M:%S %-7l %v");
    return sink;
  } catch (const spdlog::spdlog_ex& failure) {
    throw Error::Format("cannot write the log {}: {}", path, failure.what());
  }
}

// Replaced as a whole: a thread that logs meanwhile keeps the old one alive.
std::mutex logger_mutex;
std::shared_ptr<spdlog::logger>& Logger() {
  static std::shared_ptr<spdlog::logger> logger = MakeLogger(false);
  return logger;
}

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
  }
  return spdlog::level::info;
}

}  // namespace

void InitLog(const LogOptions& options) {
  std::shared_ptr<spdlog::logger> logger = MakeLogger(options.verbose);
  if (!options.file.empty()) logger->sinks().push_back(MakeFileSink(options.file));
  const std::lock_guard lock(logger_mutex);
  Logger() = std::move(logger);
}

void LogLine(LogLevel level, std::string_view text) {
  std::shared_ptr<spdlog::logger> logger;
  {
    const std::lock_guard lock(logger_mutex);
    logger = Logger();
  }
  logger->log(ToSpdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace pgts
