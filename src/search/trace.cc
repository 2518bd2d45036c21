// SPDX-License-Identifier: Apache-2.0
#include "search/trace.h"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace pgts::search {
namespace {

using tree::Action;
using tree::End;

constexpr End kEnds[] = {End::kNone,    End::kTerminated, End::kNodes,
                         End::kActions, End::kTokens,     End::kNothingLegal};

// The double whose shortest text is the float's: 0.9 rather than 0.8999999761581421, and the same
// float when it is read back.
double Short(float value) { return std::strtod(fmt::format("{}", value).c_str(), nullptr); }

Json LegalNames(tree::ActionMask legal) {
  Json names = Json::array();
  for (Action action : tree::kActions) {
    if (legal.Has(action)) names.push_back(tree::Name(action));
  }
  return names;
}

Json DecisionLine(const TracedSearch& search, size_t index) {
  const tree::TrajectoryStep& step = search.trajectory.steps[index];
  Json line = {{"schema", kTraceSchema},
               {"problem", search.problem},
               {"method", search.method},
               {"rollout", search.rollout},
               {"decision", index},
               {"action", tree::Name(step.decision.action)},
               {"log_prob", Short(step.decision.log_prob)},
               {"value", Short(step.decision.value)}};
  Json& probabilities = line["probabilities"] = Json::object();
  for (Action action : tree::kActions) {
    if (!step.legal.Has(action)) continue;
    probabilities[std::string(tree::Name(action))] =
        Short(step.decision.probabilities[static_cast<int>(action)]);
  }
  line["legal"] = LegalNames(step.legal);
  line["from"] = step.from;
  line["to"] = step.to;
  line["tokens"] = step.tokens;
  line["score_before"] = Short(step.potential_before);
  line["score_after"] = Short(step.potential_after);
  return line;
}

void AddOutcome(const tree::Trajectory& trajectory, Json& line) {
  line["end"] = tree::Name(trajectory.end);
  line["answer"] = nullptr;
  if (const auto& answer = trajectory.answer) {
    line["answer"] = {
        {"node", answer->node}, {"text", answer->text}, {"score", Short(answer->score)}};
  }
  line["correct"] = nullptr;
  if (trajectory.correct) line["correct"] = *trajectory.correct;
}

Action ParseAction(std::string_view name) {
  for (Action action : tree::kActions) {
    if (tree::Name(action) == name) return action;
  }
  throw std::invalid_argument(fmt::format("unknown action \"{}\"", name));
}

End ParseEnd(std::string_view name) {
  for (End end : kEnds) {
    if (tree::Name(end) == name) return end;
  }
  throw std::invalid_argument(fmt::format("unknown end \"{}\"", name));
}

tree::TrajectoryStep ParseStep(const Json& line) {
  tree::TrajectoryStep step{.from = line.at("from").get<int>(),
                            .to = line.at("to").get<int>(),
                            .tokens = line.at("tokens").get<int>(),
                            .potential_before = line.at("score_before").get<float>(),
                            .potential_after = line.at("score_after").get<float>()};
  step.decision.action = ParseAction(line.at("action").get<std::string>());
  step.decision.log_prob = line.at("log_prob").get<float>();
  step.decision.value = line.at("value").get<float>();
  for (const auto& [name, probability] : line.at("probabilities").items()) {
    step.decision.probabilities[static_cast<int>(ParseAction(name))] = probability.get<float>();
  }
  for (const Json& name : line.at("legal")) step.legal.Allow(ParseAction(name.get<std::string>()));
  return step;
}

void ParseOutcome(const Json& line, tree::Trajectory& trajectory) {
  trajectory.end = ParseEnd(line.at("end").get<std::string>());
  if (const Json& answer = line.at("answer"); !answer.is_null()) {
    trajectory.answer = tree::Answer{.node = answer.at("node").get<int>(),
                                     .text = answer.at("text").get<std::string>(),
                                     .score = answer.at("score").get<float>()};
  }
  if (const Json& correct = line.at("correct"); !correct.is_null()) {
    trajectory.correct = correct.get<bool>();
  }
}

// Puts the lines of a file together.
class TraceReader {
 public:
  void Take(const Json& line) {
    const int schema = line.at("schema").get<int>();
    if (schema != kTraceSchema) {
      throw std::invalid_argument(
          fmt::format("schema {}; this build reads schema {}", schema, kTraceSchema));
    }
    const size_t expected = open_.trajectory.steps.size();
    if (line.at("decision").get<size_t>() != expected) {
      throw std::invalid_argument(
          fmt::format("decision {} where {} is due", line.at("decision").get<size_t>(), expected));
    }
    if (expected == 0) {
      open_.problem = line.at("problem").get<std::string>();
      open_.method = line.at("method").get<std::string>();
      open_.rollout = line.at("rollout").get<int64_t>();
    }
    open_.trajectory.steps.push_back(ParseStep(line));
    if (!line.contains("end")) return;
    ParseOutcome(line, open_.trajectory);
    searches_.push_back(std::exchange(open_, {}));
  }

  std::vector<TracedSearch> Finish() { return std::move(searches_); }

 private:
  TracedSearch open_;  // its last line is still to come
  std::vector<TracedSearch> searches_;
};

}  // namespace

void WriteTrace(const TracedSearch& search, JsonlWriter& writer) {
  const size_t count = search.trajectory.steps.size();
  for (size_t i = 0; i < count; ++i) {
    Json line = DecisionLine(search, i);
    if (i + 1 == count) AddOutcome(search.trajectory, line);
    writer.Write(line);
  }
}

std::vector<TracedSearch> ReadTrace(const std::string& path) {
  JsonlReader reader(path, {.own = true});
  TraceReader searches;
  while (const std::optional<Json> line = reader.Next()) {
    try {
      searches.Take(*line);
    } catch (const std::exception& problem) {
      throw Error::Format("{}:{}: not a line of a trace: {}", path, reader.line(), problem.what());
    }
  }
  return searches.Finish();
}

}  // namespace pgts::search
