// SPDX-License-Identifier: Apache-2.0
#include "world/scripted_world.h"

#include <utility>

#include "base/random.h"

namespace pgts::world {
namespace {

std::vector<llm::Token> ByteTokens(std::string_view text) {
  std::vector<llm::Token> tokens;
  for (const char byte : text) tokens.push_back(static_cast<unsigned char>(byte));
  return tokens;
}

}  // namespace

RawStep ScriptedStep(std::string_view text, llm::StepEnd end) {
  const int extra = end == llm::StepEnd::kEndOfText ? 1 : 0;
  return {.tokens = ByteTokens(text),
          .text = std::string(text),
          .log_prob = -1,
          .end = end,
          .generated = static_cast<int>(text.size()) + extra};
}

Script TableScript(std::map<std::vector<int>, ScriptedNode> nodes) {
  const auto table = std::make_shared<const decltype(nodes)>(std::move(nodes));
  const auto find = [table](const StepAddress& at) -> const ScriptedNode* {
    const auto found = table->find({at.path.begin(), at.path.end()});
    return found == table->end() ? nullptr : &found->second;
  };
  return {.step = [find](const StepAddress& at) -> std::optional<RawStep> {
            const ScriptedNode* node = find(at);
            if (node == nullptr) return std::nullopt;
            return ScriptedStep(node->text, node->end);
          },
          .score = [find](const StepAddress& at) -> std::optional<float> {
            const ScriptedNode* node = find(at);
            if (node == nullptr) return std::nullopt;
            return node->score;
          }};
}

// Grows one world of a source.
class ScriptedWorlds::ScriptGrower : public Grower {
 public:
  ScriptGrower(ScriptedWorlds& source, task::Problem problem, int epoch)
      : source_(source), problem_(std::move(problem)), epoch_(epoch) {}

  Co<std::optional<RawStep>> Grow(Grower::Request request) override {
    ScriptedWorlds::Request asked{&problem_, epoch_, std::move(request.path)};
    Dispatched<std::optional<RawStep>> done = co_await source_.steps_.Submit(std::move(asked));
    co_return std::move(done.reply);
  }

  Co<std::optional<Score>> Judge(std::vector<int> path, ScoreRequest /*request*/) override {
    ScriptedWorlds::Request asked{&problem_, epoch_, std::move(path)};
    const Dispatched<std::optional<float>> done = co_await source_.scores_.Submit(std::move(asked));
    if (!done.reply) co_return std::nullopt;
    co_return Score{.value = *done.reply};
  }

 private:
  ScriptedWorlds& source_;
  task::Problem problem_;
  int epoch_;
};

ScriptedWorlds::ScriptedWorlds(Parts parts, Script script)
    : parts_(parts),
      script_(std::move(script)),
      walkers_(std::make_shared<WalkerIds>()),
      steps_(*parts.rounds, "write",
             [this](auto requests, auto replies) {
               for (size_t i = 0; i < requests.size(); ++i) {
                 const Request& at = requests[i];
                 replies[i] = script_.step({*at.problem, at.epoch, at.path});
               }
             }),
      scores_(*parts.rounds, "judge", [this](auto requests, auto replies) {
        for (size_t i = 0; i < requests.size(); ++i) {
          const Request& at = requests[i];
          if (script_.score) replies[i] = script_.score({*at.problem, at.epoch, at.path});
        }
      }) {}

std::shared_ptr<World> ScriptedWorlds::Open(const task::Problem& problem, int epoch) {
  const WorldId id =
      Key("scripted world").With(problem.id).With(static_cast<uint64_t>(epoch)).value();
  if (std::shared_ptr<World> world = open_.Find(id)) return world;
  std::shared_ptr<Grower> grower;
  if (parts_.grow) grower = std::make_shared<ScriptGrower>(*this, problem, epoch);
  return open_.Add({.rounds = parts_.rounds,
                    .task = parts_.task,
                    .grower = std::move(grower),
                    .store = parts_.store,
                    .walkers = walkers_,
                    .id = id,
                    .scorer_hash = script_.score ? parts_.scorer_hash : 0,
                    .prompt = llm::Extend(nullptr, ByteTokens(problem.question + "\n")),
                    .max_step_tokens = parts_.max_step_tokens,
                    .greedy_first = parts_.greedy_first});
}

}  // namespace pgts::world
