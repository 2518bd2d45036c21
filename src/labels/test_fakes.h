// SPDX-License-Identifier: Apache-2.0
// For tests: short ways to write solutions in byte tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "labels/corruption.h"
#include "labels/step_data.h"
#include "llm/scripted_generator.h"
#include "task/problem.h"
#include "task/word_problems.h"

namespace pgts::labels {

inline std::vector<llm::Token> Bytes(std::string_view text) {
  return llm::ByteTokenizer().Tokenize(text, false);
}

// Steps of word problems in bytes.
inline StepFormat ByteFormat(bool answer_has_separator = true) {
  static const llm::ByteTokenizer tokenizer;
  static const task::WordProblems task;
  return {.tokenizer = tokenizer, .task = task, .answer_has_separator = answer_has_separator};
}

// Steps as text with their labels.
inline LabelledSolution TextSolution(
    std::string problem, std::string_view prompt,
    const std::vector<std::pair<std::string, std::optional<int>>>& steps) {
  LabelledSolution solution{.problem = std::move(problem), .prompt = Bytes(prompt)};
  for (const auto& [text, label] : steps) {
    solution.steps.push_back({.tokens = Bytes(text), .label = label});
  }
  return solution;
}

inline task::Problem PensProblem() {
  return {.index = 7,
          .id = "word_problems/train/7",
          .question = "Tom has 14 pens. He is 31 years old. He buys 9 and doubles them. How many?",
          .gold = "46",
          .solution = "14+9=23\n23*2=46\n#### 46"};
}

}  // namespace pgts::labels
