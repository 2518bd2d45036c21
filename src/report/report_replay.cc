// SPDX-License-Identifier: Apache-2.0
#include "report/report_replay.h"

#include <utility>

#include "base/error.h"
#include "report/report_number.h"

namespace pgts::report {
namespace {

constexpr double kThousandths = 1000, kHundredths = 100;
constexpr char kActionLetters[] = "ebkt";  // in the order of tree::Action

// A page that follows these numbers must not lose its way.
void CheckTree(const search::TracedSearch& search) {
  int nodes = 0;  // grown so far, the root not counted
  const auto require = [&](bool fits) {
    if (fits) return;
    throw Error::Format("{} ({}, rollout {}): after node {} its trace makes no tree",
                        search.problem, search.method, search.rollout, nodes);
  };
  for (const tree::TrajectoryStep& step : search.trajectory.steps) {
    require(!step.grown || tree::AsksForChild(step.decision.action));
    if (step.grown) require(step.grown->parent >= 0 && step.grown->parent <= nodes);
    nodes += step.grown ? 1 : 0;
    require(step.to >= 0 && step.to <= nodes && (!step.grown || step.to == nodes));
  }
  if (const auto& answer = search.trajectory.answer) {
    require(answer->node >= 0 && answer->node <= nodes);
  }
}

int Flags(const tree::GrownNode& grown) {
  const tree::Child& child = grown.child;
  return (child.terminal ? 1 : 0) + (child.dead ? 2 : 0) + (child.truncated ? 4 : 0) +
         (grown.duplicate ? 8 : 0);
}

// Columns of the nodes, filled one node at a time.
class Nodes {
 public:
  explicit Nodes(int64_t text_bytes) : text_bytes_(text_bytes) {
    for (const char* name : {"parent", "attempt", "score", "log_prob", "tokens", "flags", "text"}) {
      columns_[name] = Json::array();
    }
    columns_["answer"] = Json::object();
    columns_["correct"] = Json::object();
  }

  int count() const { return static_cast<int>(columns_["parent"].size()); }

  void Add(const tree::GrownNode& grown) {
    columns_["parent"].push_back(grown.parent);
    columns_["attempt"].push_back(grown.attempt);
    columns_["score"].push_back(InUnits(grown.child.score, kThousandths));
    columns_["log_prob"].push_back(InUnits(grown.child.log_prob, kThousandths));
    columns_["tokens"].push_back(grown.child.tokens);
    columns_["flags"].push_back(Flags(grown));
    columns_["text"].push_back(CutText(grown.text, text_bytes_));
    const std::string number = std::to_string(count());
    if (grown.child.terminal) columns_["answer"][number] = CutText(grown.child.answer, text_bytes_);
    if (grown.correct) columns_["correct"][number] = *grown.correct ? 1 : 0;
  }

  Json Take() { return std::move(columns_); }

 private:
  int64_t text_bytes_;
  Json columns_;
};

Json Odds(const tree::TrajectoryStep& step) {
  Json odds = Json::array();
  for (tree::Action action : tree::kActions) {
    const float probability = step.decision.probabilities[static_cast<int>(action)];
    odds.push_back(step.legal.Has(action) ? InUnits(probability, kThousandths) : Json(-1));
  }
  return odds;
}

Json Moves(const tree::Trajectory& trajectory) {
  std::string actions;
  Json to = Json::array(), value = Json::array(), odds = Json::array();
  for (const tree::TrajectoryStep& step : trajectory.steps) {
    actions += kActionLetters[static_cast<int>(step.decision.action)];
    to.push_back(step.to);
    value.push_back(InUnits(step.decision.value, kHundredths));
    odds.push_back(Odds(step));
  }
  return {{"action", actions}, {"to", to}, {"value", value}, {"odds", odds}};
}

}  // namespace

std::string CutText(const std::string& text, int64_t bytes) {
  if (static_cast<int64_t>(text.size()) <= bytes) return text;
  const auto continues = [&](int64_t at) { return (text[at] & 0xC0) == 0x80; };
  while (bytes > 0 && continues(bytes)) --bytes;
  return text.substr(0, bytes) + "…";
}

Json PackSearch(const search::TracedSearch& search, int64_t text_bytes) {
  CheckTree(search);
  const tree::Trajectory& trajectory = search.trajectory;
  Nodes nodes(text_bytes);
  for (const tree::TrajectoryStep& step : trajectory.steps) {
    if (step.grown) nodes.Add(*step.grown);
  }
  Json answer;
  if (trajectory.answer) {
    answer = {{"node", trajectory.answer->node},
              {"text", CutText(trajectory.answer->text, text_bytes)}};
  }
  return {{"question", CutText(search.question, 4 * text_bytes)},
          {"gold", CutText(search.gold, text_bytes)},
          {"end", tree::Name(trajectory.end)},
          {"answer", std::move(answer)},
          {"nodes", nodes.Take()},
          {"moves", Moves(trajectory)}};
}

}  // namespace pgts::report
