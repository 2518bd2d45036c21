// SPDX-License-Identifier: Apache-2.0
// A task that a user brings as a task file and JSON Lines data (task/task_file.h, docs/TASKS.md).
//
// Its name is the file's without folder and ending. Ids are "<name>/<split>/<place>". A split that
// the file does not name is empty; validation is then the last tenth of train, 500 at most.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "task/answer_reader.h"
#include "task/task_file.h"

namespace pgts::task {

class JsonlReader;

class UserTask : public Task {
 public:
  // Reads everything (its memory is the data's). Error with file, line and cure.
  explicit UserTask(const std::string& path) : UserTask(ReadTaskFile(path)) {}

  std::string_view name() const override { return name_; }
  int64_t Size(Split split) const override;
  Problem Get(Split split, int64_t index) const override;
  ProblemPrompt Prompt(const Problem& problem) const override;
  std::optional<std::string> ExtractAnswer(std::string_view steps,
                                           AnswerFilter filter) const override {
    return reader_.Find(steps, filter);
  }

 private:
  explicit UserTask(TaskFile file);
  void ReadSplit(Split split, const std::string& file);
  Problem ReadProblem(const JsonlReader& line) const;
  void TakeValidationFromTrain();
  std::vector<Problem>& Problems(Split split) { return problems_[static_cast<size_t>(split)]; }

  TaskFile file_;
  std::string name_;
  AnswerReader reader_;
  std::array<std::vector<Problem>, std::size(kAllSplits)> problems_;  // by Split
};

}  // namespace pgts::task
