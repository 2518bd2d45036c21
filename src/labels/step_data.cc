// SPDX-License-Identifier: Apache-2.0
#include "labels/step_data.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "llm/token_ledger.h"
#include "task/arithmetic_errors.h"

namespace pgts::labels {
namespace {

constexpr std::pair<Source, std::string_view> kSources[] = {{Source::kRollout, "rollout"},
                                                            {Source::kCorruption, "corruption"},
                                                            {Source::kReference, "reference"},
                                                            {Source::kImport, "import"}};

Json LabelJson(const std::optional<int>& label) { return label ? Json(*label) : Json(nullptr); }

[[noreturn]] void ThrowField(const std::string& where, const char* field, const char* allowed) {
  throw Error::Format("{}: '{}' must be {}; delete the reward_data folder to have it rebuilt",
                      where, field, allowed);
}

std::optional<int> ReadLabel(const Json& json, const char* field, const std::string& where) {
  const auto at = json.find(field);
  if (at == json.end() || at->is_null()) return std::nullopt;
  if (!at->is_number_integer() || (*at != 0 && *at != 1)) ThrowField(where, field, "0, 1 or null");
  return at->get<int>();
}

std::vector<llm::Token> ReadTokens(const Json& json, const char* field, const std::string& where) {
  const auto at = json.find(field);
  const auto is_token = [](const Json& value) {
    return value.is_number_integer() && value >= 0 && value <= INT32_MAX;
  };
  if (at == json.end() || !at->is_array() || at->empty() ||
      !std::all_of(at->begin(), at->end(), is_token)) {
    ThrowField(where, field, "a list of token ids");
  }
  return at->get<std::vector<llm::Token>>();
}

std::optional<double> ReadNumber(const Json& json, const char* field, const std::string& where) {
  const auto at = json.find(field);
  if (at == json.end() || at->is_null()) return std::nullopt;
  if (!at->is_number()) ThrowField(where, field, "a number");
  return at->get<double>();
}

std::optional<double> ReadShare(const Json& json, const char* field, const std::string& where) {
  const std::optional<double> share = ReadNumber(json, field, where);
  if (share && !(*share >= 0 && *share <= 1)) ThrowField(where, field, "a number from 0 to 1");
  return share;
}

int ReadCount(const Json& json, const char* field, const std::string& where) {
  const auto at = json.find(field);
  if (at == json.end()) return 0;
  if (!at->is_number_integer() || *at < 0) ThrowField(where, field, "a count");
  return at->get<int>();
}

Source ReadSource(const Json& json, const std::string& where) {
  const auto at = json.find("source");
  for (const auto& [source, name] : kSources) {
    if (at != json.end() && at->is_string() && *at == name) return source;
  }
  ThrowField(where, "source", "rollout, corruption, reference or import");
}

}  // namespace

std::string_view SourceName(Source source) {
  return std::find_if(std::begin(kSources), std::end(kSources),
                      [&](const auto& entry) { return entry.first == source; })
      ->second;
}

std::vector<uint64_t> PathHashes(const LabelledSolution& solution) {
  std::vector<uint64_t> hashes;
  uint64_t hash = llm::ExtendPathHash(llm::kEmptyPathHash, solution.prompt);
  for (const LabelledStep& step : solution.steps) {
    hash = llm::ExtendPathHash(hash, step.tokens);
    hashes.push_back(hash);
  }
  return hashes;
}

size_t FirstWrong(const LabelledSolution& solution) {
  const auto wrong =
      std::ranges::find_if(solution.steps, [](const auto& step) { return step.label == 0; });
  return static_cast<size_t>(wrong - solution.steps.begin());
}

int64_t TokenCount(const LabelledSolution& solution) {
  int64_t tokens = static_cast<int64_t>(solution.prompt.size());
  for (const LabelledStep& step : solution.steps)
    tokens += static_cast<int64_t>(step.tokens.size());
  return tokens;
}

int64_t ExampleCount(const LabelledSolution& solution) {
  return std::count_if(solution.steps.begin(), solution.steps.end(),
                       [](const LabelledStep& step) { return step.label.has_value(); });
}

void FillTextEvidence(std::string_view question, std::span<const std::string> texts, bool finished,
                      LabelledSolution& solution) {
  std::string text;
  for (size_t i = 0; i < texts.size(); ++i) {
    text += texts[i] + "\n";
    LabelledStep& step = solution.steps[i];
    step.terminal = finished && i + 1 == texts.size();
    step.wrong_equations = task::CountWrongEquations(text);
    if (step.terminal) step.unused_numbers = task::CountUnusedNumbers(question, text);
  }
}

DataCounts Count(std::span<const LabelledSolution> solutions) {
  DataCounts counts;
  std::set<std::string_view> problems;
  for (const LabelledSolution& solution : solutions) {
    problems.insert(solution.problem);
    ++counts.solutions;
    counts.tokens += TokenCount(solution);
    counts.examples += ExampleCount(solution);
    for (const LabelledStep& step : solution.steps) counts.positive += step.label.value_or(0);
  }
  counts.problems = static_cast<int64_t>(problems.size());
  return counts;
}

Json ToJson(const LabelledSolution& solution) {
  Json steps = Json::array();
  for (const LabelledStep& step : solution.steps) {
    Json json = {{"tokens", step.tokens}, {"label", LabelJson(step.label)}};
    if (step.tried > 0) {
      json["right"] = step.right;
      json["tried"] = step.tried;
    }
    if (step.soft) json["soft"] = *step.soft;
    if (step.log_prob) json["log_prob"] = *step.log_prob;
    if (step.wrong_equations > 0) json["wrong_equations"] = step.wrong_equations;
    if (step.unused_numbers > 0) json["unused_numbers"] = step.unused_numbers;
    if (step.terminal) json["terminal"] = 1;
    if (step.exact) json["exact"] = *step.exact;
    steps.push_back(std::move(json));
  }
  return {{"problem", solution.problem},
          {"index", solution.index},
          {"source", SourceName(solution.source)},
          {"grade", LabelJson(solution.grade)},
          {"prompt", solution.prompt},
          {"steps", std::move(steps)}};
}

LabelledSolution SolutionFromJson(const Json& json, const std::string& where) {
  if (!json.is_object()) ThrowField(where, "line", "a JSON object");
  const auto problem = json.find("problem");
  if (problem == json.end() || !problem->is_string()) ThrowField(where, "problem", "an id");
  LabelledSolution solution{.problem = problem->get<std::string>(),
                            .index = ReadCount(json, "index", where),
                            .source = ReadSource(json, where),
                            .grade = ReadLabel(json, "grade", where),
                            .prompt = ReadTokens(json, "prompt", where)};
  const auto steps = json.find("steps");
  if (steps == json.end() || !steps->is_array()) ThrowField(where, "steps", "a list of steps");
  for (const Json& step : *steps) {
    if (!step.is_object()) ThrowField(where, "steps", "a list of objects");
    solution.steps.push_back({.tokens = ReadTokens(step, "tokens", where),
                              .label = ReadLabel(step, "label", where),
                              .right = ReadCount(step, "right", where),
                              .tried = ReadCount(step, "tried", where),
                              .soft = ReadShare(step, "soft", where),
                              .log_prob = ReadNumber(step, "log_prob", where),
                              .wrong_equations = ReadCount(step, "wrong_equations", where),
                              .unused_numbers = ReadCount(step, "unused_numbers", where),
                              .terminal = ReadCount(step, "terminal", where) > 0,
                              .exact = ReadLabel(step, "exact", where)});
  }
  return solution;
}

void WriteSolutions(const std::string& path, std::span<const LabelledSolution> solutions) {
  std::string bytes;
  for (const LabelledSolution& solution : solutions) bytes += JsonText(ToJson(solution)) + "\n";
  WriteFileAtomic(path, bytes);
}

std::vector<LabelledSolution> ReadSolutions(const std::string& path) {
  std::vector<LabelledSolution> solutions;
  JsonlReader reader(path);
  while (const std::optional<Json> record = reader.Next()) {
    solutions.push_back(SolutionFromJson(*record, fmt::format("{}:{}", path, reader.line())));
  }
  return solutions;
}

}  // namespace pgts::labels
