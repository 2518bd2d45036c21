// SPDX-License-Identifier: Apache-2.0
// Live worlds on a scripted generator, and the same worlds read back without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/temp_folder.h"
#include "llm/scripted_generator.h"
#include "task/word_problems.h"
#include "world/store.h"
#include "world/stored_worlds.h"
#include "world/test_walks.h"
#include "world/world_source.h"

namespace pgts::world {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

// A number that the draw decides, and after two of them an answer.
llm::ScriptedStep Write(std::string_view text, const Key& draw) {
  const auto lines = std::count(text.begin(), text.end(), '\n');  // the prompt's too
  const int number = static_cast<int>(draw.Uniform(0) * 1'000'000);
  if (lines < 3) return {.text = fmt::format("n={}\n", number), .log_prob = -draw.Uniform(1)};
  return {.text = fmt::format("#### {}", number % 100), .end_of_text = true};
}

class LengthScorer : public StepScorer {
 public:
  explicit LengthScorer(uint64_t hash = 7) : hash_(hash) {}
  uint64_t hash() const override { return hash_; }
  void Score(std::span<const ScoreRequest> requests, std::span<float> scores) override {
    ++calls;
    for (size_t i = 0; i < requests.size(); ++i) {
      scores[i] = 1.0F / static_cast<float>(requests[i].prefix->length);
      states += requests[i].state == std::vector{static_cast<float>(requests[i].prefix->length)};
      evidence.push_back(requests[i].evidence);
    }
  }
  void Forget() override {}
  int64_t parameters() const override { return 1; }
  int calls = 0;
  int states = 0;  // requests that brought the state of their path
  std::vector<PathEvidence> evidence;

 private:
  uint64_t hash_;
};

const task::WordProblems kTask;

// Puts the same questions in another way.
class OtherPrompt : public task::WordProblems {
 public:
  task::ProblemPrompt Prompt(const task::Problem& problem) const override {
    return {.system = "Think.", .user = problem.question};
  }
};

// One run: its own rounds and clients over a shared folder.
struct LiveRun {
  explicit LiveRun(const std::string& folder, LiveWorldsOptions options = {}, int context = 4096,
                   bool with_states = false, const task::Task& task = kTask)
      : generator(Write, context),
        store(folder),
        worlds({.rounds = &rounds,
                .task = &task,
                .generator = &client,
                .scorer = &score,
                .store = &store,
                .with_states = with_states},
               std::move(options)) {}

  Walk Go(std::vector<int> attempts, int epoch = 0) {
    Walk walk;
    rounds.Spawn(Follow(worlds.Open(Pens(), epoch), std::move(attempts), true, &walk));
    rounds.Run();
    return walk;
  }

  Rounds rounds;
  llm::ScriptedGenerator generator;
  llm::GeneratorClient client{rounds, generator};
  LengthScorer scorer;
  ScorerClient score{rounds, scorer};
  Store store;
  LiveWorlds worlds;
};

// Nobody asks for a score yet; later the state would be gone, and the path to be read.
TEST(LiveWorldsTest, AStepThatComesWithItsStateIsScoredAtOnce) {
  const TempFolder folder;
  const auto follow = [&](LiveRun& run, bool scored) {
    Walk walk;
    run.rounds.Spawn(Follow(run.worlds.Open(Pens(), 0), {1, 1, 1}, scored, &walk));
    run.rounds.Run();
    return walk;
  };
  {
    LiveRun run(folder.path(), {}, 4096, /*with_states=*/true);
    follow(run, /*scored=*/false);
    EXPECT_EQ(run.scorer.states, 3);
    EXPECT_EQ(run.scorer.calls, 3);
  }
  LiveRun again(folder.path());
  follow(again, /*scored=*/true);
  EXPECT_EQ(again.scorer.calls, 0);
}

TEST(LiveWorldsTest, AScoreIsAskedForWithWhatIsKnownOfThePath) {
  const TempFolder folder;
  LiveRun run(folder.path());
  const auto world = run.worlds.Open(Pens(), 0);
  Walk walk;
  run.rounds.Spawn(Follow(world, {1, 1}, /*scored=*/true, &walk));
  run.rounds.Run();
  const RawStep& first = world->step(1).raw;
  const RawStep& second = world->step(2).raw;
  ASSERT_LT(first.log_prob, 0);
  const auto mean = [](const RawStep& raw) {
    return raw.log_prob / static_cast<double>(raw.tokens.size());
  };
  const auto tokens = static_cast<double>(first.tokens.size() + second.tokens.size());
  ASSERT_EQ(run.scorer.evidence.size(), 2u);
  EXPECT_DOUBLE_EQ(run.scorer.evidence[0].mean_log_prob, mean(first));
  EXPECT_DOUBLE_EQ(run.scorer.evidence[1].mean_log_prob,
                   (first.log_prob + second.log_prob) / tokens);
  EXPECT_DOUBLE_EQ(run.scorer.evidence[1].least_log_prob, std::min(mean(first), mean(second)));
  EXPECT_TRUE(run.scorer.evidence[1].written);
}

Walk Replay(const std::string& folder, StoredWorlds::Parts parts, std::vector<int> attempts,
            int epoch = 0) {
  Rounds rounds;
  const auto store = Store::OpenForReading(folder);
  parts.rounds = &rounds;
  parts.store = store.get();
  if (parts.task == nullptr) parts.task = &kTask;
  StoredWorlds worlds(parts);
  Walk walk;
  rounds.Spawn(Follow(worlds.Open(Pens(), epoch), std::move(attempts), true, &walk));
  rounds.Run();
  return walk;
}

TEST(LiveWorldsTest, StoredWalksAreWalkedAgainByteForByteWithoutAModel) {
  TempFolder temp;
  uint64_t settings = 0;
  Walk live, live_branch;
  {
    LiveRun run(temp.path());
    settings = run.worlds.SettingsKey();
    live = run.Go({1, 1, 1});
    live_branch = run.Go({1, 2});
  }
  ASSERT_EQ(live.lines.size(), 3);
  EXPECT_GT(live.charges.computed_tokens, 0);
  EXPECT_GT(live.charges.seconds, 0);

  const StoredWorlds::Parts recorded{.settings = settings, .scorer_hash = 7};
  const Walk stored = Replay(temp.path(), recorded, {1, 1, 1});
  EXPECT_EQ(stored.lines, live.lines);
  EXPECT_EQ(stored.charges.tokens, live.charges.tokens);
  EXPECT_EQ(stored.charges.scored_tokens, live.charges.scored_tokens);
  EXPECT_EQ(stored.charges.prompt_tokens, live.charges.prompt_tokens);
  EXPECT_EQ(stored.charges.seconds, live.charges.seconds);
  EXPECT_EQ(stored.charges.computed_tokens, 0);
  EXPECT_FALSE(stored.charges.not_recorded);
  EXPECT_EQ(Replay(temp.path(), recorded, {1, 2}).lines, live_branch.lines);

  for (const Walk& missing :
       {Replay(temp.path(), recorded, {2}),                    // not asked
        Replay(temp.path(), {.settings = settings + 1}, {1}),  // other settings
        Replay(temp.path(), recorded, {1}, 1)}) {              // another epoch
    EXPECT_TRUE(missing.charges.not_recorded);
    EXPECT_TRUE(missing.lines.empty());
  }
  const StoredWorlds::Parts other_scorer{.settings = settings, .scorer_hash = 8};
  EXPECT_TRUE(Replay(temp.path(), other_scorer, {1}).charges.not_recorded);
}

TEST(LiveWorldsTest, AReplayWalksTheWorldOfItsOwnPromptOnly) {
  const TempFolder temp;
  const OtherPrompt other_task;
  StoredWorlds::Parts same{.scorer_hash = 7}, other{.task = &other_task, .scorer_hash = 7};
  Walk live, live_other;
  {
    LiveRun run(temp.path());
    same.settings = other.settings = run.worlds.SettingsKey();
    live = run.Go({1});
  }
  EXPECT_TRUE(Replay(temp.path(), other, {1}).charges.not_recorded);
  { live_other = LiveRun(temp.path(), {}, 4096, false, other_task).Go({1}); }
  EXPECT_EQ(Replay(temp.path(), other, {1}).lines, live_other.lines);
  EXPECT_EQ(Replay(temp.path(), same, {1}).lines, live.lines);
  // The same prompt asked for as another kind has a name of its own.
  StoredWorlds::Parts plain = same;
  plain.prompt.kind = llm::PromptKind::kPlain;
  EXPECT_TRUE(Replay(temp.path(), plain, {1}).charges.not_recorded);
  {
    LiveRun run(temp.path(), {.prompt = {llm::PromptKind::kPlain}});
    EXPECT_EQ(run.Go({1}).charges.computed_tokens, 0);
  }
  EXPECT_EQ(Replay(temp.path(), plain, {1}).lines, live.lines);
  EXPECT_EQ(Replay(temp.path(), same, {1}).lines, live.lines);
}

TEST(LiveWorldsTest, ANameTellsHowAChatIsRendered) {
  const task::ProblemPrompt parts{.user = "q"};
  const auto without = [&](llm::PromptKind kind) {
    return Key("prompt").With(static_cast<uint64_t>(kind)).With(parts.system).With(parts.user);
  };
  for (const auto kind : {llm::PromptKind::kAuto, llm::PromptKind::kChat}) {
    EXPECT_EQ(PromptKey(kind, parts), without(kind).With(llm::kChatRendering).value());
  }
  EXPECT_EQ(PromptKey(llm::PromptKind::kPlain, parts), without(llm::PromptKind::kPlain).value());
}

TEST(LiveWorldsTest, AnswersCountAfterTheThought) {
  const auto think = [](std::string_view text, const Key&) -> llm::ScriptedStep {
    const char* const lines[] = {"<think>\n", "#### 1\n", "</think>\n", "#### 2\n"};
    return {.text = lines[std::count(text.begin(), text.end(), '\n') - 1]};
  };
  const TempFolder folder;
  const auto answers = [&](bool thinking) {
    Rounds rounds;
    llm::ScriptedGenerator generator(think);
    llm::GeneratorClient client(rounds, generator);
    Store store(folder.path());
    LiveWorlds worlds({.rounds = &rounds, .task = &kTask, .generator = &client, .store = &store},
                      {.prompt = {.thinking = thinking}});
    const auto world = worlds.Open(Pens(), 0);
    Walk walk;
    rounds.Spawn(Follow(world, {1, 1, 1, 1}, /*scored=*/false, &walk));
    rounds.Run();
    std::string all;
    for (int id = 1; id < world->size(); ++id) all += world->step(id).answer + ";";
    return std::pair(all, worlds.SettingsKey());
  };
  const auto thinking = answers(true), not_thinking = answers(false);
  EXPECT_EQ(thinking.first, ";;;2;");
  EXPECT_EQ(not_thinking.first.substr(0, 3), ";1;");
  EXPECT_NE(thinking.second, not_thinking.second);
  const Walk again = Replay(
      folder.path(), {.settings = thinking.second, .prompt = {.thinking = true}}, {1, 1, 1, 1});
  ASSERT_EQ(again.lines.size(), 4u);
  EXPECT_THAT(again.lines[1], Not(HasSubstr("terminal")));
  EXPECT_THAT(again.lines[3], HasSubstr("answer '2'"));
}

TEST(LiveWorldsTest, WhatWasStoredFirstCounts) {
  TempFolder temp;
  {
    Store store(temp.path());
    const WorldName name{.settings = 1,
                         .prompt = PromptKey(llm::PromptKind::kAuto, kTask.Prompt(Pens())),
                         .problem = Pens().id};
    store.WriteHead(5, name, {'Q'});
    for (const char* text : {"first\n", "second\n"}) {
      store.Write(5, StoredStep{.path = {1}, .raw = {.text = text}});
      store.Write(5, StoredScore{.path = {1}, .scorer = 7, .score = text[0] == 'f' ? 0.25F : 0.5F});
    }
  }
  const Walk walk = Replay(temp.path(), {.settings = 1, .scorer_hash = 7}, {1});
  ASSERT_EQ(walk.lines.size(), 1);
  EXPECT_THAT(walk.lines[0], HasSubstr("first"));
  EXPECT_THAT(walk.lines[0], HasSubstr(fmt::format("score {:a}", 0.25F)));
}

TEST(LiveWorldsTest, AReopenedWorldComputesNothing) {
  TempFolder temp;
  Walk before;
  {
    LiveRun run(temp.path());
    before = run.Go({1, 1, 1});
  }
  LiveRun run(temp.path());
  const Walk after = run.Go({1, 1, 1});
  EXPECT_EQ(after.lines, before.lines);
  EXPECT_EQ(after.charges.computed_tokens, 0);
  EXPECT_EQ(run.generator.calls(), 0);
  EXPECT_EQ(run.scorer.calls, 0);
}

TEST(LiveWorldsTest, ResumeRepeatsWhatWasCut) {
  TempFolder temp;
  StoreLengths lengths;
  Walk before;
  {
    LiveRun run(temp.path());
    run.Go({1});
    lengths = run.store.lengths();
    before = run.Go({1, 1, 1});
  }
  { const Store cut(temp.path(), lengths); }
  LiveRun run(temp.path());
  const Walk after = run.Go({1, 1, 1});
  EXPECT_EQ(run.generator.calls(), 2);
  ASSERT_EQ(after.lines.size(), before.lines.size());
  EXPECT_EQ(after.charges.tokens, before.charges.tokens);
  // All but the seconds, which no run repeats.
  const auto text = [](const std::string& line) { return line.substr(0, line.find(" seconds")); };
  for (size_t i = 0; i < after.lines.size(); ++i) {
    EXPECT_EQ(text(after.lines[i]), text(before.lines[i]));
  }
}

TEST(LiveWorldsTest, DrawsFollowThePathAlone) {
  TempFolder alone_folder, crowd_folder;
  LiveRun alone(alone_folder.path()), crowd(crowd_folder.path());
  const Walk expected = alone.Go({2, 1});
  // The same place, and three others: another attempt above, another one below, another problem.
  const std::vector<int> paths[] = {{2, 1}, {1, 1}, {2, 2}, {2, 1}};
  Walk walks[4];
  for (int i = 3; i >= 0; --i) {
    const std::shared_ptr<World> world = crowd.worlds.Open(Pens(i == 3 ? 1 : 0), 0);
    crowd.rounds.Spawn(Follow(world, paths[i], true, &walks[i]));
  }
  crowd.rounds.Run();
  const auto text = [](const Walk& walk) {
    const std::string& line = walk.lines[1];
    return line.substr(line.find('\''), line.find(" tokens") - line.find('\''));
  };
  EXPECT_EQ(text(walks[0]), text(expected));
  std::set<std::string> different;
  for (const Walk& walk : walks) different.insert(text(walk));
  EXPECT_EQ(different.size(), 4);
}

TEST(LiveWorldsTest, EveryOtherSettingIsAnotherWorld) {
  TempFolder temp;
  std::set<uint64_t> keys;
  const auto add = [&](LiveWorldsOptions options, int context = 4096) {
    LiveRun run(temp.path(), std::move(options), context);
    keys.insert(run.worlds.WorldKey(0));
    keys.insert(run.worlds.WorldKey(1));
  };
  add({});
  add({});  // the same again
  EXPECT_EQ(keys.size(), 2);
  add({.seed = 1});
  add({.sampling = {.temperature = 0}});
  add({.sampling = {.top_p = 1}});
  add({.sampling = {.top_k = 5}});
  add({.sampling = {.min_p = 0.1}});
  add({.sampling = {.max_new_tokens = 64}});
  add({.sampling = {.separator = "\n\n"}});
  add({}, 2048);
  EXPECT_EQ(keys.size(), 2 + 8 * 2);
}

TEST(LiveWorldsTest, OpenWorldsAreSharedAndClosedOnesLeaveMemory) {
  TempFolder temp;
  LiveRun run(temp.path());
  std::shared_ptr<World> world = run.worlds.Open(Pens(), 0);
  EXPECT_EQ(run.worlds.Open(Pens(), 0), world);
  EXPECT_NE(run.worlds.Open(Pens(), 1), world);
  EXPECT_NE(run.worlds.Open(Pens(1), 0), world);
  const std::weak_ptr<World> gone = world;
  world.reset();
  EXPECT_TRUE(gone.expired());
}

TEST(LiveWorldsTest, AScoreWithoutAScorerSaysWhatIsMissing) {
  TempFolder temp;
  LiveRun run(temp.path());
  LiveWorlds worlds({.rounds = &run.rounds, .task = &kTask, .generator = &run.client}, {});
  Walk walk;
  run.rounds.Spawn(Follow(worlds.Open(Pens(), 0), {1}, /*scored=*/false, &walk));
  run.rounds.Run();
  EXPECT_EQ(walk.lines.size(), 1);
  run.rounds.Spawn(Follow(worlds.Open(Pens(), 0), {1}, /*scored=*/true, &walk));
  EXPECT_THAT([&] { run.rounds.Run(); }, ThrowsMessage<Error>(HasSubstr("--reward-model-path")));
}

TEST(LiveWorldsTest, APromptThatFillsTheContextIsAnError) {
  TempFolder temp;
  LiveRun run(temp.path(), {}, /*context=*/15);
  EXPECT_THAT([&] { run.worlds.Open(Pens(), 0); }, ThrowsMessage<Error>(HasSubstr("15 tokens")));
}

TEST(LiveWorldsTest, AFullContextIsADeadStep) {
  TempFolder temp;
  LiveRun run(temp.path(), {}, /*context=*/18);
  const Walk walk = run.Go({1});
  EXPECT_THAT(walk.lines[0], HasSubstr(" dead"));
  EXPECT_EQ(walk.charges.tokens, 3);
}

TEST(LiveWorldsTest, TheFirstAttemptOfANodeMayBeItsGreedyStep) {
  const TempFolder temp;
  uint64_t settings = 0;
  {
    LiveRun run(temp.path(), {.greedy_first = true, .sampling = {.temperature = 0.9}});
    run.Go({1, 2});
    run.Go({2, 1});
    EXPECT_THAT(run.generator.temperatures(), ElementsAre(0, 0.9, 0.9, 0));
    EXPECT_TRUE(run.worlds.Open(Pens(), 0)->greedy_first());
    settings = run.worlds.SettingsKey();
  }
  LiveRun sampled(temp.path(), {.sampling = {.temperature = 0.9}});
  EXPECT_NE(sampled.worlds.SettingsKey(), settings);
  EXPECT_FALSE(sampled.worlds.Open(Pens(), 0)->greedy_first());
}

}  // namespace
}  // namespace pgts::world
