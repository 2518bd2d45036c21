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

Json StepJson(const tree::GrownNode& grown) {
  const tree::Child& child = grown.child;
  Json json = {{"parent", grown.parent},
               {"attempt", grown.attempt},
               {"score", Short(child.score)},
               {"log_prob", Short(child.log_prob)},
               {"text", grown.text}};
  if (child.terminal) json["answer"] = child.answer;
  if (grown.correct) json["correct"] = *grown.correct;
  const auto flag = [&](const char* name, bool set) {
    if (set) json[name] = true;
  };
  flag("terminal", child.terminal);
  flag("dead", child.dead);
  flag("truncated", child.truncated);
  flag("duplicate", grown.duplicate);
  return json;
}

void AddQuestion(const TracedSearch& search, Json& line) {
  if (!search.question.empty()) line["question"] = search.question;
  if (!search.gold.empty()) line["gold"] = search.gold;
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
  if (step.grown) line["step"] = StepJson(*step.grown);
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

tree::GrownNode ParseGrown(const Json& json, int tokens) {
  tree::GrownNode grown{.parent = json.at("parent").get<int>(),
                        .attempt = json.at("attempt").get<int>(),
                        .duplicate = json.value("duplicate", false),
                        .child = {.tokens = tokens,
                                  .log_prob = json.at("log_prob").get<float>(),
                                  .score = json.at("score").get<float>(),
                                  .terminal = json.value("terminal", false),
                                  .dead = json.value("dead", false),
                                  .truncated = json.value("truncated", false),
                                  .answer = json.value("answer", "")},
                        .text = json.at("text").get<std::string>()};
  if (json.contains("correct")) grown.correct = json.at("correct").get<bool>();
  return grown;
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
  if (line.contains("step")) step.grown = ParseGrown(line.at("step"), step.tokens);
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

}  // namespace

void AddTexts(const world::World& world, tree::Trajectory& trajectory) {
  for (tree::TrajectoryStep& step : trajectory.steps) {
    if (step.grown) step.grown->text = world.step(step.grown->child.world_id).raw.text;
  }
}

void WriteTrace(const TracedSearch& search, JsonlWriter& writer) {
  const size_t count = search.trajectory.steps.size();
  for (size_t i = 0; i < count; ++i) {
    Json line = DecisionLine(search, i);
    if (i == 0) AddQuestion(search, line);
    if (i + 1 == count) AddOutcome(search.trajectory, line);
    writer.Write(line);
  }
}

std::optional<TracedSearch> TraceReader::Next() {
  while (const std::optional<Json> line = lines_.Next()) {
    try {
      if (std::optional<TracedSearch> whole = Take(*line)) return whole;
    } catch (const std::exception& problem) {
      throw Error::Format("{}:{}: not a line of a trace: {}", path_, lines_.line(), problem.what());
    }
  }
  return std::nullopt;
}

// The search that this line ends, if it ends one.
std::optional<TracedSearch> TraceReader::Take(const Json& line) {
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
    open_.question = line.value("question", "");
    open_.gold = line.value("gold", "");
  }
  open_.trajectory.steps.push_back(ParseStep(line));
  if (!line.contains("end")) return std::nullopt;
  ParseOutcome(line, open_.trajectory);
  return std::exchange(open_, {});
}

}  // namespace pgts::search
