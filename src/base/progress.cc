// SPDX-License-Identifier: Apache-2.0
#include "base/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/console.h"
#include "base/log.h"
#include "base/stopwatch.h"
#include "base/table.h"

namespace pgts {
namespace {

constexpr double kShortStage = 2;     // seconds; shorter ones leave no trace
constexpr double kFirstBar = 0.5;     // a bar appears after that and is erased if it was short
constexpr double kBarInterval = 0.1;  // between two drawings
constexpr double kLineInterval = 10;  // between two plain lines
constexpr double kMarkInterval = 10;  // between two marks, of which the speed is taken
constexpr size_t kMarks = 12;
constexpr int kBarCells = 20;

ProgressSeams RealSeams() {
  ProgressSeams seams;
  seams.line = [](std::string_view line) { LogLine(LogLevel::kInfo, line); };
  if (console::IsTerminal()) {
    seams.bar = console::SetBar;
    seams.width = console::Width();
  }
  return seams;
}

std::string FormatRate(double rate) {
  if (rate >= 100) return fmt::format("{:.0f}", rate);
  if (rate >= 10) return fmt::format("{:.1f}", rate);
  return fmt::format("{:.2f}", rate);
}

// Cuts to `width` columns at a character boundary.
std::string CutToWidth(std::string text, int width) {
  while (!text.empty() && DisplayWidth(text) > width) {
    while ((static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
    text.pop_back();
  }
  return text;
}

}  // namespace

std::string FormatSeconds(double seconds) {
  if (seconds < 59.95) return fmt::format("{:.1f} s", std::max(0.0, seconds));
  const int64_t whole = std::llround(seconds);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  const int64_t minutes = (whole + 30) / 60;
  return fmt::format("{} h {:02} min", minutes / 60, minutes % 60);
}

Progress::Progress(std::string label, int64_t total, std::string unit)
    : Progress(std::move(label), total, std::move(unit), RealSeams()) {}

Progress::Progress(std::string label, int64_t total, std::string unit, ProgressSeams seams)
    : label_(std::move(label)), unit_(std::move(unit)), total_(total), seams_(std::move(seams)) {
  if (!seams_.seconds) seams_.seconds = [watch = Stopwatch()] { return watch.Seconds(); };
  start_ = seams_.seconds();
  shown_ = start_;
  marks_ = {{start_, 0}};
}

Progress::~Progress() { Finish(); }

void Progress::Advance(int64_t n) { SetDone(done_ + n); }

void Progress::SetDone(int64_t done) {
  done_ = done;
  Show();
}

void Progress::ResumeAt(int64_t done) {
  done_ = resumed_ = done;
  marks_ = {{seams_.seconds(), done}};
}

void Progress::Show() {
  if (finished_) return;
  const double now = seams_.seconds();
  if (now - shown_ < (seams_.bar ? kBarInterval : kLineInterval)) return;
  if (now - start_ < kFirstBar) return;
  shown_ = now;
  if (seams_.bar) {
    seams_.bar(Bar(now));
  } else {
    seams_.line(label_ + ": " + Numbers(now));
  }
  if (now - marks_.back().seconds < kMarkInterval) return;
  marks_.push_back({now, done_});
  if (marks_.size() > kMarks) marks_.pop_front();
}

double Progress::Rate(double now) const {
  const Mark& since = marks_.front();
  return (done_ - since.done) / std::max(now - since.seconds, 1e-9);
}

void Progress::Finish() {
  if (std::exchange(finished_, true)) return;
  if (seams_.bar) seams_.bar("");
  const double elapsed = seams_.seconds() - start_;
  if (elapsed < kShortStage) return;
  std::string line = fmt::format("{}: {}{} {}{} in {}, {}/s", label_, done_,
                                 done_ < total_ ? fmt::format(" of {}", total_) : "", unit_,
                                 resumed_ > 0 ? fmt::format(", {} of them before,", resumed_) : "",
                                 FormatSeconds(elapsed), FormatRate((done_ - resumed_) / elapsed));
  if (!note_.empty()) line += ", " + note_;
  seams_.line(line);
}

// "120/400 problems, 30%, 3.10/s, 38.7 s, 1 min 30 s left, NOTE"
std::string Progress::Numbers(double now) const {
  const double rate = Rate(now);
  std::string text = total_ > 0 ? fmt::format("{}/{} {}, {:.0f}%", done_, total_, unit_,
                                              std::floor(100.0 * done_ / total_))
                                : fmt::format("{} {}", done_, unit_);
  text += fmt::format(", {}/s, {}", FormatRate(rate), FormatSeconds(now - start_));
  if (rate > 0 && done_ < total_) {
    text += fmt::format(", {} left", FormatSeconds((total_ - done_) / rate));
  }
  if (!note_.empty()) text += ", " + note_;
  return text;
}

std::string Progress::Bar(double now) const {
  std::string text = label_ + " ";
  if (total_ > 0) {
    const double share = std::clamp(static_cast<double>(done_) / total_, 0.0, 1.0);
    const int full = static_cast<int>(share * kBarCells);
    for (int i = 0; i < kBarCells; ++i) text += i < full ? "█" : "░";
    text += " ";
  }
  // One column stays free: some terminals wrap when the last one is written.
  return CutToWidth(text + Numbers(now), seams_.width - 1);
}

}  // namespace pgts
