// SPDX-License-Identifier: Apache-2.0
#include "task/user_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "task/data_file.h"
#include "task/field_template.h"

namespace pgts::task {
namespace {

constexpr int64_t kMostValidation = 500;

std::string NameOf(const TaskFile& file) {
  std::string name = ShortTaskName(file.path);
  if (std::ranges::find(TaskNames(), name) != TaskNames().end()) {
    throw Error::Format("{}: {} is the name of a built-in task; rename the file", file.path, name);
  }
  return name;
}

}  // namespace

UserTask::UserTask(TaskFile file)
    : StoredTask(NameOf(file), file.steps.separator),
      file_(std::move(file)),
      reader_(file_.answer) {
  ReadSplit(Split::kTrain, file_.data.train);
  ReadSplit(Split::kValidation, file_.data.validation);
  ReadSplit(Split::kTest, file_.data.test);
  if (file_.data.validation.empty()) {
    TakeValidationFromTrain(std::min(kMostValidation, Size(Split::kTrain) / 10));
  }
  SetPlaces();
}

void UserTask::ReadSplit(Split split, const std::string& file) {
  if (file.empty()) return;
  const std::filesystem::path path = std::filesystem::path(file_.path).parent_path() / file;
  Problems(split) =
      ReadDataFile(path, fmt::format("data.{} of {} names it", SplitName(split), file_.path),
                   [this](const DataLine& line) { return ReadProblem(line); });
}

Problem UserTask::ReadProblem(const DataLine& line) const {
  Problem problem{.question = FillTemplate(file_.prompt.question, line)};
  if (problem.question.find_first_not_of(" \t\r\n") == std::string::npos) {
    line.Fail("the question is empty");
  }
  const std::string answer = FieldText(line, file_.fields.answer);
  std::optional<std::string> gold = reader_.Gold(answer);
  if (!gold) {
    line.Fail(fmt::format("the answer \"{}\" is none for answer.find = {}", answer.substr(0, 40),
                          file_.answer.find));
  }
  problem.gold = *std::move(gold);
  if (!file_.fields.solution.empty()) problem.solution = FieldText(line, file_.fields.solution);
  return problem;
}

ProblemPrompt UserTask::Prompt(const Problem& problem) const {
  return {.system = file_.prompt.system, .examples = file_.examples, .user = problem.question};
}

}  // namespace pgts::task
