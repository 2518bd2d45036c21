// SPDX-License-Identifier: Apache-2.0
// `pgts solve "question"`: one search, shown as a tree that grows. With a trained policy it is
// PGTS; with a reward model alone the threshold heuristic; without either, chains that vote.
#include <ATen/Parallel.h>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "base/table.h"
#include "cli/commands.h"
#include "cli/reward_model_flag.h"
#include "cli/run_flags.h"
#include "policy/network_policy.h"
#include "report/growing_chains.h"
#include "report/growing_tree.h"
#include "report/step_text.h"
#include "search/heuristic_policy.h"
#include "search/policy_search.h"
#include "search/self_consistency.h"
#include "session/policy_wiring.h"
#include "session/reward_wiring.h"
#include "session/run_folder.h"
#include "world/provenance.h"

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

// Error for what cannot be asked. Without the white space around it.
std::string CheckQuestion(const std::string& given) {
  constexpr const char* kBlanks = " \t\r\n\f\v";
  const size_t first = given.find_first_not_of(kBlanks);
  if (first == std::string::npos) {
    throw Error("the question is empty; give it in quotes: pgts solve \"What is 3 + 4?\"");
  }
  if (!world::IsValidUtf8(given, /*cut_off=*/false)) {
    throw Error("the question is not valid UTF-8; convert it first");
  }
  return given.substr(first, given.find_last_not_of(kBlanks) + 1 - first);
}

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(report::OneLine(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return lines;
}

int LongestLine(std::string_view text) {
  int longest = 0;
  for (const std::string& line : LinesOf(text)) longest = std::max(longest, DisplayWidth(line));
  return longest;
}

void PrintLines(std::string_view text) {
  for (const std::string& line : LinesOf(text)) fmt::print("{}\n", line);
}

struct Found {
  search::SearchResult result;
  bool done = false;
};

Co<void> Search(const search::Searcher& searcher, search::SearchContext context, Found& found) {
  search::SearchResult result = co_await searcher.Run(std::move(context));
  found.result = std::move(result);
  found.done = true;
}

// The chosen steps in full where the drawing, `width` columns wide, had to cut them.
void PrintSteps(const search::SearchResult& result, const world::World& world, int width) {
  constexpr int kDrawingsOwn = 24;  // its columns of marks, branches and numbers
  const std::string text = world.PathText(result.answer_step);
  if (!result.answer || LongestLine(text) <= width - kDrawingsOwn) return;
  fmt::print("\n");
  PrintLines(text);
}

void PrintCosts(const search::SearchResult& result) {
  fmt::print("\nanswer: {}\n", result.answer.value_or("none found"));
  fmt::print("{} steps, {} generated tokens, {} decisions\n", result.nodes, result.charges.tokens,
             result.actions);
}

// What world.dir = stored:... does not hold cannot be searched.
void CheckStored(const world::World& world, const std::string& folder) {
  if (world.size() > 1) return;
  throw Error::Format(
      "{}: this question is not among the stored ones (as asked with this model, prompt, sampling "
      "and world.seed); give one that is, or the folder without \"stored:\" to grow it",
      folder);
}

// A stored world is found by its problem's name: it must tell questions apart.
std::string ProblemId(const std::string& question) {
  return fmt::format("question_{:016x}", Key("question").With(question).value());
}

class Solve {
 public:
  explicit Solve(const SolveArguments& arguments)
      : arguments_(arguments), run_(session::RunOf(arguments.policy_checkpoint)), loaded_(Load()) {}

  void Run() {
    InitLog({.verbose = arguments_.run.verbose});
    session::Session session(session::ToSessionOptions(config(), config().world.dir));
    const std::string reward_model = RewardModelPath(arguments_.reward_model_path, run_);
    if (!reward_model.empty()) session::UseRewardModel(config(), session, reward_model);
    const task::Problem problem{.id = ProblemId(arguments_.question),
                                .shown = "the question",
                                .question = arguments_.question};
    const auto kind = session.has_scorer() ? search::Worlds::kTrees : search::Worlds::kSampled;
    const auto world = session.environment().WorldsOf(kind)->Open(problem, world::kEvaluationEpoch);
    if (session.replays()) CheckStored(*world, world::StoredFolder(config().world.dir));
    const std::unique_ptr<tree::Policy> policy =
        session.has_scorer() ? MakePolicy(session) : nullptr;
    if (policy == nullptr) {
      Info(
          "no reward model: {} sampled chains vote (self-consistency); the heuristic and PGTS need "
          "--reward-model-path, PGTS a --policy-checkpoint",
          arguments_.chains);
    }
    PrintLines(arguments_.question);
    fmt::print("\n");
    std::fflush(stdout);
    const search::SearchResult result =
        policy == nullptr ? Vote(session, world) : SearchTree(session, world, *policy);
    PrintSteps(result, *world, ReadTerminal().width);
    PrintCosts(result);
  }

 private:
  const session::RunConfig& config() const { return loaded_->config; }

  std::unique_ptr<LoadedConfig> Load() const {
    return LoadConfig(arguments_.run, run_.path.empty() ? "" : run_.Config());
  }

  std::unique_ptr<tree::Policy> MakePolicy(const session::Session& session) const {
    if (arguments_.policy_checkpoint.empty() || !config().search.use_policy) {
      Info("{}: the threshold heuristic decides",
           config().search.use_policy ? "no --policy-checkpoint" : "search.use_policy = false");
      return std::make_unique<search::HeuristicPolicy>(search::HeuristicRule{});
    }
    return std::make_unique<policy::NetworkPolicy>(
        session::LoadPolicy(arguments_.policy_checkpoint, config(), session),
        policy::DecisionRule{.greedy = true});
  }

  search::SearchContext Context(session::Session& session,
                                std::shared_ptr<world::World> world) const {
    return {.rounds = session.rounds(),
            .world = std::move(world),
            .limits = session::ToLimits(config().search),
            .draw = Key("solve").With(static_cast<uint64_t>(config().run.seed))};
  }

  search::SearchResult SearchTree(session::Session& session,
                                  const std::shared_ptr<world::World>& world,
                                  tree::Policy& policy) const {
    const Terminal terminal = ReadTerminal();
    report::GrowingTree shown(*world, std::cout,
                              {.redraw = terminal.redraw,
                               .height = terminal.height,
                               .options = {.width = terminal.width}});
    search::PolicyClient client(session.rounds(), policy);
    const search::PolicySearch searcher(client, {});
    search::SearchContext context = Context(session, world);
    context.observer = &shown;
    Found found;
    session.rounds().Spawn(Search(searcher, std::move(context), found));
    session.rounds().Run();
    return std::move(found.result);
  }

  search::SearchResult Vote(session::Session& session,
                            const std::shared_ptr<world::World>& world) const {
    const Terminal terminal = ReadTerminal();
    const report::RenderOptions options{.width = terminal.width, .scored = false};
    report::GrowingChains shown(
        session.rounds(), *world, std::cout,
        {.redraw = terminal.redraw, .height = terminal.height, .options = options});
    const search::SelfConsistency searcher({.chains = static_cast<double>(arguments_.chains)});
    Found found;
    session.rounds().Spawn(Search(searcher, Context(session, world), found));
    session.rounds().Spawn(shown.Watch(found.done));
    session.rounds().Run();
    std::cout << report::RenderChains(found.result, *world, options) << std::flush;
    return std::move(found.result);
  }

  const SolveArguments& arguments_;
  session::RunFolder run_;
  std::unique_ptr<LoadedConfig> loaded_;
};

}  // namespace

void AddSolve(CLI::App& app) {
  auto arguments = std::make_shared<SolveArguments>();
  CLI::App* command = app.add_subcommand("solve", "Search for the answer to one question");
  AddRunFlags(*command, arguments->run);
  AddSearchFlags(*command, arguments->run);
  command->add_option("question", arguments->question, "The question")->required();
  command->add_option("--policy-checkpoint", arguments->policy_checkpoint,
                      "policy_final.safetensors, a checkpoint, or the run folder");
  command->add_option("--reward-model-path", arguments->reward_model_path, "reward_model_final/");
  command->add_option("--chains", arguments->chains, "Chains that vote without a reward model")
      ->check(CLI::Range(1, 256));
  command->callback([arguments] {
    arguments->question = CheckQuestion(arguments->question);
    Solve(*arguments).Run();
  });
}

}  // namespace pgts::cli
