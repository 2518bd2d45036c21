// SPDX-License-Identifier: Apache-2.0
// `pgts solve "question"`: one search, shown as a tree that grows. With a trained policy it is
// PGTS; with a reward model alone the threshold heuristic; without either, chains that vote.
#include <ATen/Parallel.h>
#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "cli/commands.h"
#include "cli/run_flags.h"
#include "policy/checkpoint.h"
#include "policy/network_policy.h"
#include "search/growing_tree.h"
#include "search/heuristic_policy.h"
#include "search/policy_search.h"
#include "search/self_consistency.h"
#include "train/reward_phase.h"
#include "train/run_folder.h"
#include "train/trainer.h"

namespace pgts::cli {
namespace {

struct SolveArguments {
  RunFlags run;
  std::string question, policy_checkpoint, reward_model_path;
  int chains = 5;
};

struct Terminal {
  bool redraw = false;
  int width = 80, height = 24;
};

Terminal ReadTerminal() {
  Terminal terminal;
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return terminal;
  terminal.redraw = true;
  if (size.ws_col > 0) terminal.width = size.ws_col;
  if (size.ws_row > 0) terminal.height = size.ws_row;
  return terminal;
}

Co<void> Search(const search::Searcher& searcher, search::SearchContext context,
                search::SearchResult& result) {
  result = co_await searcher.Run(std::move(context));
}

void PrintCosts(const search::SearchResult& result) {
  fmt::print("\nanswer: {}\n", result.answer.value_or("none found"));
  fmt::print("{} steps, {} generated tokens, {} decisions\n", result.nodes, result.charges.tokens,
             result.actions);
}

class Solve {
 public:
  explicit Solve(const SolveArguments& arguments)
      : arguments_(arguments), run_(FindRun()), loaded_(Load()) {}

  void Run() {
    InitLog({.verbose = arguments_.run.verbose});
    eval::Session session(train::ToSessionOptions(config(), config().world.dir));
    const std::string reward_model = RewardModelPath();
    if (!reward_model.empty()) train::UseRewardModel(config(), session, reward_model);
    const task::Problem problem{.id = "question", .question = arguments_.question};
    const auto world = session.sampled().Open(problem, world::kEvaluationEpoch);
    fmt::print("{}\n\n", arguments_.question);
    std::fflush(stdout);
    if (!session.has_scorer()) return Vote(session, world);
    const std::unique_ptr<tree::Policy> policy = MakePolicy();
    SearchTree(session, world, *policy);
  }

 private:
  const train::RunConfig& config() const { return loaded_->config; }

  train::RunFolder FindRun() const {
    if (arguments_.policy_checkpoint.empty()) return {};
    return train::RunFolder::Owning(arguments_.policy_checkpoint);
  }

  std::unique_ptr<LoadedConfig> Load() const {
    return LoadConfig(arguments_.run, run_.path.empty() ? "" : run_.Config());
  }

  std::string RewardModelPath() const {
    if (!arguments_.reward_model_path.empty()) return ResolveNewest(arguments_.reward_model_path);
    return run_.path.empty() ? "" : run_.RewardModel();
  }

  std::unique_ptr<tree::Policy> MakePolicy() const {
    if (arguments_.policy_checkpoint.empty()) {
      Info("no --policy-checkpoint: the threshold heuristic decides");
      return std::make_unique<search::HeuristicPolicy>(search::HeuristicRule{});
    }
    const std::string path = train::ResolvePolicy(arguments_.policy_checkpoint);
    return std::make_unique<policy::NetworkPolicy>(policy::LoadPolicy(path).network,
                                                   policy::DecisionRule{.greedy = true});
  }

  search::SearchContext Context(eval::Session& session, std::shared_ptr<world::World> world) const {
    return {.rounds = session.rounds(),
            .world = std::move(world),
            .limits = eval::ToLimits(config().search),
            .draw = Key("solve").With(static_cast<uint64_t>(config().run.seed))};
  }

  void SearchTree(eval::Session& session, const std::shared_ptr<world::World>& world,
                  tree::Policy& policy) const {
    const Terminal terminal = ReadTerminal();
    search::GrowingTree shown(*world, std::cout,
                              {.redraw = terminal.redraw,
                               .height = terminal.height,
                               .options = {.width = terminal.width}});
    search::PolicyClient client(session.rounds(), policy);
    const search::PolicySearch searcher(client, {});
    search::SearchContext context = Context(session, world);
    context.observer = &shown;
    search::SearchResult result;
    session.rounds().Spawn(Search(searcher, std::move(context), result));
    session.rounds().Run();
    PrintCosts(result);
  }

  void Vote(eval::Session& session, const std::shared_ptr<world::World>& world) const {
    Info("no reward model: {} sampled chains vote (self-consistency); the heuristic and PGTS need "
         "--reward-model-path, PGTS a --policy-checkpoint", arguments_.chains);
    const search::SelfConsistency searcher({.chains = static_cast<double>(arguments_.chains)});
    search::SearchResult result;
    session.rounds().Spawn(Search(searcher, Context(session, world), result));
    session.rounds().Run();
    fmt::print("{}", search::RenderChains(result, *world,
                                          {.width = ReadTerminal().width, .scored = false}));
    PrintCosts(result);
  }

  const SolveArguments& arguments_;
  train::RunFolder run_;
  std::unique_ptr<LoadedConfig> loaded_;
};

}  // namespace

void AddSolve(CLI::App& app) {
  auto arguments = std::make_shared<SolveArguments>();
  CLI::App* command = app.add_subcommand("solve", "Search for the answer to one question");
  AddRunFlags(*command, arguments->run);
  command->add_option("question", arguments->question, "The question")->required();
  command->add_option("--policy-checkpoint", arguments->policy_checkpoint,
                      "policy_final.safetensors, a checkpoint, or the run folder");
  command->add_option("--reward-model-path", arguments->reward_model_path, "reward_model_final/");
  command->add_option("--chains", arguments->chains, "Chains that vote without a reward model")
      ->check(CLI::Range(1, 256));
  command->callback([arguments] { Solve(*arguments).Run(); });
}

}  // namespace pgts::cli
