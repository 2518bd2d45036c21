// SPDX-License-Identifier: Apache-2.0
#include "labels/trl.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/random.h"

namespace pgts::labels {
namespace {

[[noreturn]] void ThrowTrlField(const std::string& where, const char* field, const char* allowed) {
  throw Error::Format("{}: '{}' must be {} (TRL's stepwise supervision)", where, field, allowed);
}

const Json& ListAt(const Json& json, const char* field, const std::string& where) {
  const auto at = json.find(field);
  if (at == json.end() || !at->is_array() || at->empty()) {
    ThrowTrlField(where, field, "a list that is not empty");
  }
  return *at;
}

std::optional<int> ReadLabel(const Json& label, const std::string& where) {
  if (label.is_null()) return std::nullopt;
  if (label.is_boolean()) return label.get<bool>() ? 1 : 0;
  if (!label.is_number_integer() || (label != 0 && label != 1)) {
    ThrowTrlField(where, "labels", "a list of true, false, 1, 0 or null");
  }
  return label.get<int>();
}

// The steps of a completion that say something.
std::vector<std::string> LinesOf(const std::string& text, std::string_view separator) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    std::string line = text.substr(begin, end - begin);
    if (line.find_first_not_of(" \t\r\n") != std::string::npos) lines.push_back(std::move(line));
    begin = end + separator.size();
  }
  return lines;
}

// What of a solution TRL can hold.
TrlSolution Spell(const LabelledSolution& solution, const task::Problem& problem,
                  std::string_view separator, const llm::Tokenizer& tokenizer) {
  TrlSolution spelled{.question = problem.question};
  for (const LabelledStep& step : solution.steps) {
    if (!step.label) break;
    std::string text = llm::Text(tokenizer, step.tokens);
    if (text.ends_with(separator)) text.resize(text.size() - separator.size());
    spelled.lines.push_back(std::move(text));
    spelled.labels.push_back(step.label);
  }
  return spelled;
}

}  // namespace

TrlSolution TrlFromJson(const Json& json, std::string_view separator, const std::string& where) {
  if (!json.is_object()) ThrowTrlField(where, "line", "a JSON object");
  const auto prompt = json.find("prompt");
  if (prompt == json.end() || !prompt->is_string()) ThrowTrlField(where, "prompt", "text");
  const Json& completions = ListAt(json, "completions", where);
  const Json& labels = ListAt(json, "labels", where);
  if (labels.size() != completions.size()) {
    ThrowTrlField(where, "labels", "as long as 'completions'");
  }
  TrlSolution solution{.question = prompt->get<std::string>()};
  for (size_t i = 0; i < completions.size(); ++i) {
    if (!completions[i].is_string()) ThrowTrlField(where, "completions", "a list of text");
    const std::optional<int> label = ReadLabel(labels[i], where);
    const std::vector<std::string> lines = LinesOf(completions[i].get<std::string>(), separator);
    if (lines.empty()) continue;  // nothing was said, so nothing was right or wrong
    solution.lines.insert(solution.lines.end(), lines.begin(), lines.end());
    solution.labels.resize(solution.lines.size());
    solution.labels.back() = label;
  }
  if (solution.lines.empty())
    ThrowTrlField(where, "completions", "a list with a step that says something");
  return solution;
}

Json TrlJson(const TrlSolution& solution) {
  Json labels = Json::array();
  for (const std::optional<int>& label : solution.labels) {
    labels.push_back(label ? Json(*label == 1) : Json(nullptr));
  }
  return {{"prompt", solution.question},
          {"completions", solution.lines},
          {"labels", std::move(labels)}};
}

std::vector<TrlSolution> ReadTrl(const std::string& path, std::string_view separator) {
  std::vector<TrlSolution> solutions;
  JsonlReader reader(path);
  while (const std::optional<Json> record = reader.Next()) {
    solutions.push_back(TrlFromJson(*record, separator, fmt::format("{}:{}", path, reader.line())));
  }
  if (solutions.empty()) throw Error::Format("{}: holds no solution", path);
  return solutions;
}

task::Problem ImportedProblem(const TrlSolution& solution) {
  const uint64_t name = Key("imported question").With(solution.question).value();
  return {.id = fmt::format("import/{:016x}", name), .question = solution.question};
}

LabelledSolution Label(const TrlSolution& solution, std::vector<llm::Token> prompt,
                       const StepFormat& format) {
  LabelledSolution labelled{.problem = ImportedProblem(solution).id,
                            .source = Source::kImport,
                            .prompt = std::move(prompt)};
  std::vector<std::vector<llm::Token>> steps = StepTokens(solution.lines, format);
  for (size_t i = 0; i < steps.size(); ++i) {
    labelled.steps.push_back({.tokens = std::move(steps[i]), .label = solution.labels[i]});
  }
  FillTextEvidence(solution.question, solution.lines, format.task.IsTerminal(solution.lines.back()),
                   labelled);
  return labelled;
}

void ExportTrl(const StepData& data, const task::Task& task, const llm::Tokenizer& tokenizer,
               const std::string& folder) {
  const auto write = [&](task::Split split, std::span<const LabelledSolution> solutions) {
    std::string lines;
    int64_t written = 0;
    for (const LabelledSolution& solution : solutions) {
      if (solution.source == Source::kImport) continue;
      const TrlSolution spelled =
          Spell(solution, task.Get(split, solution.index), task.separator(), tokenizer);
      if (spelled.lines.empty()) continue;
      lines += JsonText(TrlJson(spelled)) + "\n";
      ++written;
    }
    const std::string path = fmt::format("{}/{}.jsonl", folder, task::SplitName(split));
    WriteFileAtomic(path, lines);
    Info("{} solutions as stepwise supervision: {}", written, path);
  };
  write(task::Split::kTrain, data.train);
  write(task::Split::kValidation, data.validation);
}

}  // namespace pgts::labels
