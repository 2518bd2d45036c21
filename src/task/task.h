// SPDX-License-Identifier: Apache-2.0
// The seam between a set of problems and everything else: where problems come from, how they are
// put to a generator, how an answer is read from its steps.
//
// A task is immutable after construction and may be used by many threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "task/answer.h"
#include "task/problem.h"

namespace pgts::task {

struct PromptExample {
  std::string user;
  std::string assistant;
};

// What is said to the generator before its first step. With a chat template: system (if not
// empty), each example as a user and an assistant turn, user, then the assistant's turn is opened.
struct ProblemPrompt {
  std::string system;
  std::vector<PromptExample> examples;
  std::string user;
};

// The same for models without a chat template; ends in a newline, so steps start on a fresh line.
// Without system and examples it is exactly `user + "\n"`.
std::string PlainText(const ProblemPrompt& prompt);

class Task {
 public:
  static constexpr std::string_view kNewline = "\n";

  explicit Task(std::string_view separator = kNewline) : separator_(separator) {}
  virtual ~Task() = default;

  // A step ends with this text, which belongs to the step.
  const std::string& separator() const { return separator_; }

  virtual std::string_view name() const = 0;
  // Number of problems of a split; INT64_MAX where problems are generated without end; 0 where the
  // task has no such split.
  virtual int64_t Size(Split split) const = 0;
  // The problem at 0 <= index < Size(split), the same on every call; throws Error outside of it.
  virtual Problem Get(Split split, int64_t index) const = 0;
  virtual ProblemPrompt Prompt(const Problem& problem) const = 0;
  // The normalised answer that `steps` (the text of all steps so far) states; nullopt: none yet.
  virtual std::optional<std::string> ExtractAnswer(std::string_view steps,
                                                   AnswerFilter filter) const;

  // Whether the last of `steps` states the answer, by the strict filter. A step that was cut off at
  // max_new_tokens is never terminal; only the caller knows that.
  bool IsTerminal(std::string_view steps) const;
  Verdict Grade(std::string_view steps, const Problem& problem, AnswerFilter filter) const;

 private:
  std::string separator_;
};

struct TaskOptions {
  std::string data_dir;  // folder of data sets (--data, PGTS_DATA); unused by generated tasks
};

// `name`: one of TaskNames(), or the path of a user's own task (task/task_file.h), which ends in
// ".yaml" or ".yml". Throws Error for an unknown name (naming the valid ones) and for missing or
// broken data.
std::unique_ptr<Task> MakeTask(std::string_view name, const TaskOptions& options = {});
std::span<const std::string_view> TaskNames();
// What Task::name() of that task is: a file's own name without folder and ending.
std::string ShortTaskName(std::string_view name);

}  // namespace pgts::task
