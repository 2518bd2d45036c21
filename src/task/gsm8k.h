// SPDX-License-Identifier: Apache-2.0
// GSM8K (Cobbe et al., "Training verifiers to solve math word problems", 2021, MIT licence): grade
// school word problems, from <data_dir>/gsm8k/train.jsonl and test.jsonl with the fields `question`
// and `answer`; the gold answer stands after "####", commas are dropped.
//
// train = all but the last 500 lines of train.jsonl, validation = those 500, test = test.jsonl.
// There is no templates split. Reference solutions lose their calculator notes "<<48/2=24>>".
#pragma once

#include <string>
#include <string_view>

#include "task/stored_task.h"

namespace pgts::task {

// `text` without "<<...>>" notes; an unclosed note is kept.
std::string RemoveCalculatorNotes(std::string_view text);

class Gsm8k : public StoredTask {
 public:
  static constexpr int64_t kValidationSize = 500;

  // Reads both files (about 8 MB of memory). Error when `data_dir` is empty or they are missing or
  // broken.
  explicit Gsm8k(const std::string& data_dir);

  // Three worked examples whose steps are short lines, the last one "#### <number>".
  ProblemPrompt Prompt(const Problem& problem) const override;
};

}  // namespace pgts::task
