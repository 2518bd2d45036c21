// SPDX-License-Identifier: Apache-2.0
// GSM8K (Cobbe et al., "Training verifiers to solve math word problems", 2021, MIT licence): grade
// school word problems, from <data_dir>/gsm8k/train.jsonl and test.jsonl with the fields `question`
// and `answer`; the gold answer stands after "####", commas are dropped.
//
// train = all but the last 500 lines of train.jsonl, validation = those 500, test = test.jsonl.
// There is no templates split. Reference solutions lose their calculator notes "<<48/2=24>>".
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "task/task.h"

namespace pgts::task {

// All problems of one question/answer file, in order; throws Error with file, line and cure for a
// line that cannot be used. Ids are "<id_prefix>/<line number from 0>".
std::vector<Problem> ReadProblemFile(const std::filesystem::path& path,
                                     const std::string& id_prefix);

// `text` without "<<...>>" notes; an unclosed note is kept.
std::string RemoveCalculatorNotes(std::string_view text);

class Gsm8k : public Task {
 public:
  static constexpr size_t kValidationSize = 500;

  // Reads both files (about 8 MB of memory). Throws Error when `data_dir` is empty or they are
  // missing or broken.
  explicit Gsm8k(const std::string& data_dir);

  std::string_view name() const override { return "gsm8k"; }
  int64_t Size(Split split) const override;
  Problem Get(Split split, int64_t index) const override;
  // Three worked examples whose steps are short lines, the last one "#### <number>".
  ProblemPrompt Prompt(const Problem& problem) const override;

 private:
  const std::vector<Problem>* Problems(Split split) const;

  std::vector<Problem> train_;
  std::vector<Problem> validation_;
  std::vector<Problem> test_;
};

}  // namespace pgts::task
