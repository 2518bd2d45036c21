// SPDX-License-Identifier: Apache-2.0
// What reward models learn from: solutions whose steps carry labels.
//
// A *solution* is one path of steps after a prompt; one *example* is one labelled step of it. All
// steps of a solution are one sequence, cut where the generator cut them: tokens are never those of
// re-tokenised text. Splits are by problem, never by step.
//
// On disk: one JSON object a line,
//   {"problem": id, "index": n, "source": "rollout", "grade": 0|1|null, "prompt": [ids],
//    "steps": [{"tokens": [ids], "label": 0|1|null, "right": r, "tried": m, "soft": p,
//               "log_prob": x, "slips": n, "exact": 0|1}, ...]}
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/jsonl.h"
#include "llm/token.h"

namespace pgts::labels {

enum class Source { kRollout, kCorruption, kReference, kImport };

std::string_view SourceName(Source source);  // "rollout", "corruption", "reference", "import"

struct LabelledStep {
  std::vector<llm::Token> tokens;  // at least one; the score is read at the last
  std::optional<int> label;        // 1: right so far, 0: wrong, none: not supervised
  // Monte Carlo evidence behind the label: completions tried from this node (the solution itself
  // included) and how many of them were right. 0 tried: the label has another source.
  int right = 0;
  int tried = 0;
  // The share of right completions, which training learns in the label's place: soft labels.
  std::optional<double> soft;
  std::optional<double> log_prob;  // of the tokens under the generator, where it wrote them
  // Of the path up to and including it (task/arithmetic_errors.h).
  int wrong_equations = 0, unused_numbers = 0;
  bool terminal = false;     // it states an answer
  std::optional<int> exact;  // the exact truth, where the task can tell; never trained on

  // What training learns of a labelled step: that it is right with this probability.
  double Target() const { return soft.value_or(label.value_or(0)); }
};

struct LabelledSolution {
  std::string problem;  // task::Problem::id
  int64_t index = 0;    // task::Problem::index
  Source source = Source::kRollout;
  std::optional<int> grade;  // 1: its answer is right, 0: wrong or none stated
  std::vector<llm::Token> prompt;
  std::vector<LabelledStep> steps;
};

// Fills in what every step's text shows by itself; texts: of the steps. finished: the last one
// states an answer.
void FillTextEvidence(std::string_view question, std::span<const std::string> texts, bool finished,
                      LabelledSolution& solution);

// Index of the first step that is labelled wrong; the number of steps where none is.
size_t FirstWrong(const LabelledSolution& solution);

// Tokens of prompt and steps together.
int64_t TokenCount(const LabelledSolution& solution);

// Names the path up to and including every step by its tokens, wherever they are cut.
std::vector<uint64_t> PathHashes(const LabelledSolution& solution);
// Labelled steps.
int64_t ExampleCount(const LabelledSolution& solution);

struct DataCounts {
  int64_t problems = 0;  // distinct
  int64_t solutions = 0;
  int64_t examples = 0;  // labelled steps
  int64_t positive = 0;  // of `examples`: label 1
  int64_t tokens = 0;
};
DataCounts Count(std::span<const LabelledSolution> solutions);

Json ToJson(const LabelledSolution& solution);
// Error (with `where`, such as "file:line") that names the field that is missing or wrong.
LabelledSolution SolutionFromJson(const Json& json, const std::string& where);

// Writes all under a temporary name and renames it.
void WriteSolutions(const std::string& path, std::span<const LabelledSolution> solutions);
std::vector<LabelledSolution> ReadSolutions(const std::string& path);

}  // namespace pgts::labels
