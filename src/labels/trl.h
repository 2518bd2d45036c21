// SPDX-License-Identifier: Apache-2.0
// Step labels in the format of TRL's stepwise supervision, one solution a line:
//   {"prompt": "question", "completions": ["step", ...], "labels": [true, false, ...]}
// (https://huggingface.co/docs/trl, "Dataset formats"; PRM800K and Math-Shepherd come in it.)
//
// Steps stand there without the separator that ends them here. A label is true, false, 1, 0 or null
// (not supervised). A completion of several steps becomes as many, of which the last carries
// the label: a generator ends its step at the first separator. The question is put to the reward
// model as the task puts it to the generator; steps are tokenised one by one.
//
// Written is what the program labelled itself, each solution up to its first step without a label
// (TRL knows no null); imported solutions stay in the files that they came from.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "labels/corruption.h"
#include "labels/data_builder.h"
#include "llm/tokenizer.h"

namespace pgts::labels {

// Lines of one solution with their labels.
struct TrlSolution {
  std::string question;
  std::vector<std::string> lines;          // without separators, none empty
  std::vector<std::optional<int>> labels;  // of each line
};

// `separator`: the task's, which ends a step. Error (with `where`, such as "file:line") that names
// the field that is missing or wrong.
TrlSolution TrlFromJson(const Json& json, std::string_view separator, const std::string& where);
Json TrlJson(const TrlSolution& solution);

// Every solution of a file; Error where it holds none.
std::vector<TrlSolution> ReadTrl(const std::string& path, std::string_view separator);

// As training data: source kImport, problem "import/<hash of the question>".
LabelledSolution Label(const TrlSolution& solution, std::vector<llm::Token> prompt,
                       const StepFormat& format);
task::Problem ImportedProblem(const TrlSolution& solution);

// Writes <folder>/train.jsonl and <folder>/validation.jsonl; logs how many solutions each holds.
void ExportTrl(const StepData& data, const task::Task& task, const llm::Tokenizer& tokenizer,
               const std::string& folder);

}  // namespace pgts::labels
