// SPDX-License-Identifier: Apache-2.0
// A user's own task as a YAML file beside its JSON Lines data (docs/TASKS.md):
//
//   data:     {train: train.jsonl, test: test.jsonl}
//   fields:   {answer: answer}
//   prompt:   {system: "Solve the problem.", question: "{question}"}
//   examples:
//     - question: 2 + 2 * 3?
//       steps: "2 * 3 = 6\n2 + 6 = 8\n#### 8"
//   steps:    {separator: "\n"}
//   answer:   {find: number, marker: "####"}
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/options.h"
#include "task/answer_reader.h"
#include "task/task.h"

namespace pgts::task {

// Paths are relative to the task file's folder.
struct DataSettings {
  std::string train, validation, test;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("train", train, {.help = "JSON Lines of problems to learn from"});
    v("validation", validation,
      {.help = "Problems that settings are chosen on; none given: the last tenth of train, 500 at "
               "most"});
    v("test", test, {.help = "Problems of the final tables"});
  }
};

struct FieldSettings {
  std::string answer = "answer", solution;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("answer", answer, {.help = "Field of the gold answer: text or a number"});
    v("solution", solution,
      {.help = "Field of the reference steps, if there is one; needed for "
               "reward_data.corruption_problems only"});
  }
};

struct PromptSettings {
  std::string system, question = "{question}";

  template <class Visitor>
  void Visit(Visitor& v) {
    v("system", system, {.help = "What the generator is told once"});
    v("question", question,
      {.help = "How a problem is put: {field} stands for a field of its line, a list of texts for "
               "lines \"A) ...\", \"B) ...\""});
  }
};

struct StepSettings {
  std::string separator = std::string(Task::kNewline);

  template <class Visitor>
  void Visit(Visitor& v) {
    v("separator", separator, {.help = "Text that ends a step"});
  }
};

struct TaskFile {
  std::string path;
  DataSettings data;
  FieldSettings fields;
  PromptSettings prompt;
  StepSettings steps;
  AnswerSettings answer;
  std::vector<PromptExample> examples;

  // All but the examples.
  void Declare(OptionSet& options);
};

// True for names that end in ".yaml" or ".yml".
bool IsTaskFile(std::string_view name);

// Error with file and line for what cannot be used.
TaskFile ReadTaskFile(const std::string& path);

}  // namespace pgts::task
