// SPDX-License-Identifier: Apache-2.0
#include "task/user_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "task/field_template.h"
#include "task/jsonl_reader.h"

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

void Number(std::vector<Problem>& problems, std::string_view name, Split split) {
  for (size_t i = 0; i < problems.size(); ++i) {
    problems[i].index = static_cast<int64_t>(i);
    problems[i].id = fmt::format("{}/{}/{}", name, SplitName(split), i);
  }
}

}  // namespace

UserTask::UserTask(TaskFile file)
    : Task(file.steps.separator),
      file_(std::move(file)),
      name_(NameOf(file_)),
      reader_(file_.answer) {
  ReadSplit(Split::kTrain, file_.data.train);
  ReadSplit(Split::kValidation, file_.data.validation);
  ReadSplit(Split::kTest, file_.data.test);
  if (file_.data.validation.empty()) TakeValidationFromTrain();
  for (const Split split : kAllSplits) Number(Problems(split), name_, split);
}

void UserTask::ReadSplit(Split split, const std::string& file) {
  if (file.empty()) return;
  const std::filesystem::path path = std::filesystem::path(file_.path).parent_path() / file;
  const std::string cure = fmt::format("data.{} of {} names it", SplitName(split), file_.path);
  JsonlReader reader(path, cure);
  for (;;) {
    const JsonlReader::Outcome outcome = reader.Next();
    if (outcome == JsonlReader::Outcome::kEnd) break;
    if (outcome == JsonlReader::Outcome::kBadLine) reader.Fail(reader.problem());
    Problems(split).push_back(ReadProblem(reader));
  }
  if (reader.records() == 0) throw Error::Format("{} holds no problems; {}", path.string(), cure);
}

Problem UserTask::ReadProblem(const JsonlReader& line) const {
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

void UserTask::TakeValidationFromTrain() {
  std::vector<Problem>& train = Problems(Split::kTrain);
  const int64_t count = std::min(kMostValidation, static_cast<int64_t>(train.size()) / 10);
  const auto first = train.end() - count;
  Problems(Split::kValidation)
      .assign(std::make_move_iterator(first), std::make_move_iterator(train.end()));
  train.erase(first, train.end());
}

int64_t UserTask::Size(Split split) const {
  return static_cast<int64_t>(problems_[static_cast<size_t>(split)].size());
}

Problem UserTask::Get(Split split, int64_t index) const {
  if (index < 0 || index >= Size(split)) {
    throw Error::Format("{} has no {} problem {}: {} are there", name_, SplitName(split), index,
                        Size(split));
  }
  return problems_[static_cast<size_t>(split)][static_cast<size_t>(index)];
}

ProblemPrompt UserTask::Prompt(const Problem& problem) const {
  return {.system = file_.prompt.system, .examples = file_.examples, .user = problem.question};
}

}  // namespace pgts::task
