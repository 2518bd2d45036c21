// SPDX-License-Identifier: Apache-2.0
// For tests: one problem in a scripted world, and searches in it.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "search/policy_search.h"
#include "search/searcher.h"
#include "search/trace.h"
#include "world/scripted_world.h"

namespace pgts::search {

inline std::vector<TracedSearch> ReadTrace(const std::string& path) {
  TraceReader reader(path);
  std::vector<TracedSearch> searches;
  while (std::optional<TracedSearch> search = reader.Next()) searches.push_back(*std::move(search));
  return searches;
}

inline Co<void> RunInto(const Searcher& searcher, SearchContext context, SearchResult* into) {
  SearchResult result = co_await searcher.Run(std::move(context));
  *into = std::move(result);
}

// The prompt "Q\n" has 2 tokens; each step has one token a byte.
class SearchFixture {
 public:
  using Parts = world::ScriptedWorlds::Parts;
  explicit SearchFixture(world::Script script, world::Store* store = nullptr, bool grow = true)
      : SearchFixture(std::move(script), Parts{.store = store, .grow = grow}) {}

  // With parts of its own; rounds and task are the fixture's.
  SearchFixture(world::Script script, Parts parts)
      : task_(task::MakeTask("word_problems")),
        worlds_(WithOwn(parts), std::move(script)),
        world(Epoch(0)) {}

  SearchContext Context(tree::SearchObserver* observer = nullptr) {
    return {.rounds = rounds,
            .world = world,
            .limits = limits,
            .draw = Key("test").With(draw),
            .observer = observer,
            .further_world = [this](int k) { return Epoch(k); }};
  }

  std::shared_ptr<world::World> Epoch(int epoch) {
    return worlds_.Open(task::Problem{.id = "toy/1", .question = "Q"}, epoch);
  }

  SearchResult Run(const Searcher& searcher, tree::SearchObserver* observer = nullptr) {
    SearchResult result;
    rounds.Spawn(RunInto(searcher, Context(observer), &result));
    rounds.Run();
    return result;
  }

  SearchResult RunPolicy(tree::Policy& policy, PolicySearchOptions options = {},
                         tree::SearchObserver* observer = nullptr) {
    PolicyClient client(rounds, policy);
    return Run(PolicySearch(client, std::move(options)), observer);
  }

  // In the order of asking, the paths of `world`, in which no one else has walked.
  std::vector<std::vector<int>> PathsAsked() const {
    std::vector<std::vector<int>> paths;
    for (int id = 1; id < world->size(); ++id) paths.push_back(world->Path(id));
    return paths;
  }

  const world::ScriptedWorlds& worlds() const { return worlds_; }

  Rounds rounds;
  tree::Limits limits{.max_depth = 6, .max_nodes = 30, .max_width = 3};
  uint64_t draw = 0;  // names the next search's draws

 private:
  Parts WithOwn(Parts parts) {
    parts.rounds = &rounds;
    parts.task = task_.get();
    return parts;
  }

  std::unique_ptr<task::Task> task_;
  world::ScriptedWorlds worlds_;

 public:
  std::shared_ptr<world::World> world;
};

// Four chains: 5 (score 0.8), 7 (0.6), 7 (0.3), none.
inline world::Script FourChains() {
  return world::TableScript({{{1}, {"a\n", 0.9F}},
                             {{1, 1}, {"#### 5\n", 0.8F}},
                             {{2}, {"b\n", 0.9F}},
                             {{2, 1}, {"#### 7\n", 0.6F}},
                             {{3}, {"c\n", 0.9F}},
                             {{3, 1}, {"#### 7\n", 0.3F}},
                             {{4}, {"d", 0.9F, llm::StepEnd::kEndOfText}}});
}

// The first attempts lead to 1; the right answer, 3, lies at 2·2, and the scores tell.
inline world::Script MisleadingFirstSteps() {
  return world::TableScript({{{1}, {"w\n", 0.1F}},
                             {{1, 1}, {"#### 1\n", 0.1F}},
                             {{2}, {"r\n", 0.9F}},
                             {{2, 1}, {"x\n", 0.2F}},
                             {{2, 1, 1}, {"#### 2\n", 0.1F}},
                             {{2, 2}, {"#### 3\n", 0.95F}}});
}

// A world without end: at every node each attempt is, drawn from its own key, an answer, a dead
// end, or a step of 2 to 9 tokens.
inline world::Script EndlessWorld() {
  const auto key = [](const world::StepAddress& at) { return Key("endless").With(at.path); };
  return {.step = [key](const world::StepAddress& at) -> std::optional<world::RawStep> {
            const double kind = key(at).Uniform(0);
            const int size = 1 + static_cast<int>(key(at).Uniform(1) * 8);
            if (kind < 0.2) return world::ScriptedStep("#### " + std::to_string(size) + "\n");
            if (kind < 0.3) return world::ScriptedStep("", llm::StepEnd::kEndOfText);
            return world::ScriptedStep(std::string(static_cast<size_t>(size), 'x') + "\n");
          },
          .score = [key](const world::StepAddress& at) -> std::optional<float> {
            return static_cast<float>(key(at).Uniform(2));
          }};
}

}  // namespace pgts::search
