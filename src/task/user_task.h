// SPDX-License-Identifier: Apache-2.0
// A task that a user brings as a task file and JSON Lines data (task/task_file.h, docs/TASKS.md).
//
// Its name is the file's without folder and ending. Ids are "<name>/<split>/<place>". A split that
// the file does not name is empty; validation is then the last tenth of train, 500 at most.
#pragma once

#include <string>

#include "task/answer_reader.h"
#include "task/stored_task.h"
#include "task/task_file.h"

namespace pgts::task {

struct DataLine;

class UserTask : public StoredTask {
 public:
  // Reads everything (its memory is the data's). Error with file, line and cure.
  explicit UserTask(const std::string& path) : UserTask(ReadTaskFile(path)) {}

  ProblemPrompt Prompt(const Problem& problem) const override;
  std::optional<std::string> ExtractAnswer(std::string_view steps,
                                           AnswerFilter filter) const override {
    return reader_.Find(steps, filter);
  }

 private:
  explicit UserTask(TaskFile file);
  void ReadSplit(Split split, const std::string& file);
  Problem ReadProblem(const DataLine& line) const;

  TaskFile file_;
  AnswerReader reader_;
};

}  // namespace pgts::task
