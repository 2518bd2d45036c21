// SPDX-License-Identifier: Apache-2.0
#include "task/task.h"

#include <fmt/ranges.h>

#include <array>
#include <filesystem>

#include "base/error.h"
#include "task/countdown.h"
#include "task/gsm8k.h"
#include "task/user_task.h"
#include "task/word_problems.h"

namespace pgts::task {

std::string PlainText(const ProblemPrompt& prompt) {
  if (prompt.system.empty() && prompt.examples.empty()) return prompt.user + "\n";
  std::string text = prompt.system.empty() ? "" : prompt.system + "\n\n";
  for (const PromptExample& example : prompt.examples) {
    text += "Question: " + example.user + "\nAnswer:\n" + example.assistant + "\n\n";
  }
  return text + "Question: " + prompt.user + "\nAnswer:\n";
}

std::optional<std::string> Task::ExtractAnswer(std::string_view steps, AnswerFilter filter) const {
  return ExtractNumber(steps, filter);
}

bool Task::IsTerminal(std::string_view steps) const {
  while (steps.ends_with(separator_)) steps.remove_suffix(separator_.size());
  const size_t end = steps.find_last_not_of("\r\n");
  steps = steps.substr(0, end == steps.npos ? 0 : end + 1);
  const size_t before = steps.rfind(separator_);
  if (before != steps.npos) steps.remove_prefix(before + separator_.size());
  return ExtractAnswer(steps, AnswerFilter::kStrict).has_value();
}

Verdict Task::Grade(std::string_view steps, const Problem& problem, AnswerFilter filter) const {
  const std::optional<std::string> answer = ExtractAnswer(steps, filter);
  if (!answer) return Verdict::kNoAnswer;
  return problem.IsRight(*answer) ? Verdict::kRight : Verdict::kWrong;
}

namespace {

constexpr std::array<std::string_view, 3> kTaskNames = {"word_problems", "countdown", "gsm8k"};

}  // namespace

std::span<const std::string_view> TaskNames() { return kTaskNames; }

std::string ShortTaskName(std::string_view name) {
  return std::filesystem::path(name).stem().string();
}

std::unique_ptr<Task> MakeTask(std::string_view name, const TaskOptions& options) {
  if (name == "word_problems") return std::make_unique<WordProblems>();
  if (name == "countdown") return std::make_unique<Countdown>();
  if (name == "gsm8k") return std::make_unique<Gsm8k>(options.data_dir);
  if (IsTaskFile(name)) return std::make_unique<UserTask>(std::string(name));
  throw Error::Format("unknown task '{}': use one of {}, or the path of a task file (.yaml)", name,
                      fmt::join(kTaskNames, ", "));
}

}  // namespace pgts::task
