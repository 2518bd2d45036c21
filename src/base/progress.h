// SPDX-License-Identifier: Apache-2.0
// Progress of a long stage, on stderr. On a terminal: one redrawn line with percent, rate, elapsed
// and left time (rate and left time of the last two minutes, or of the last dozen drawn steps where
// those take longer). Elsewhere: a plain line at most every 10 s. What ends within 2 s leaves no
// trace; longer stages leave one summary line. Not thread-safe: one owner.
//
//   Progress progress("generating rollouts", problems.size(), "problems");
//   for (...) { ...; progress.Advance(); }
//   // the destructor finishes it
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace pgts {

// What a test replaces. Unset members mean the real thing.
struct ProgressSeams {
  std::function<double()> seconds = {};             // a steady clock
  std::function<void(std::string_view)> line = {};  // a line that stays
  std::function<void(std::string_view)> bar = {};   // the redrawn line; unset: no terminal
  int width = 80;
};

class Progress {
 public:
  // total 0: unknown, counts only. `unit` is a plural noun ("problems").
  Progress(std::string label, int64_t total, std::string unit);
  Progress(std::string label, int64_t total, std::string unit, ProgressSeams seams);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Advance(int64_t n = 1);
  void SetDone(int64_t done);
  // What an earlier run has done: it counts, but tells nothing of the speed.
  void ResumeAt(int64_t done);
  // Short text behind the numbers, e.g. "accuracy 0.61"; shown with the next of them.
  void SetNote(std::string note) { note_ = std::move(note); }
  // Writes the summary line if the stage took longer than 2 s. Idempotent.
  void Finish();

 private:
  struct Mark {
    double seconds;
    int64_t done;
  };

  void Show();
  // Of the last marks, so that a start of another speed (of what is stored already, say) is
  // forgotten.
  double Rate(double now) const;
  std::string Numbers(double now) const;
  std::string Bar(double now) const;

  std::string label_;
  std::string unit_;
  std::string note_;
  int64_t total_;
  int64_t done_ = 0;
  int64_t resumed_ = 0;
  std::deque<Mark> marks_;
  ProgressSeams seams_;
  double start_ = 0;
  double shown_ = 0;
  bool finished_ = false;
};

// "4.2 s", "3 min 05 s", "2 h 07 min".
std::string FormatSeconds(double seconds);

}  // namespace pgts
