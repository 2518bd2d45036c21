// SPDX-License-Identifier: Apache-2.0
#include "bench/tree_load.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <optional>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/progress.h"
#include "base/rounds.h"
#include "base/stopwatch.h"
#include "eval/search_runner.h"
#include "llm/client.h"
#include "llm/llama_generator.h"
#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "reward/llama_scorer.h"
#include "search/policy_search.h"
#include "world/scorer_client.h"
#include "world/world_source.h"

namespace pgts::bench {
namespace {

double ResidentMb() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// A task whose solutions never end, so that every tree grows as deep and as large as it may.
class EndlessTask : public task::Task {
 public:
  explicit EndlessTask(std::unique_ptr<task::Task> task)
      : Task(task->separator()), task_(std::move(task)) {}
  std::string_view name() const override { return task_->name(); }
  int64_t Size(task::Split split) const override { return task_->Size(split); }
  task::Problem Get(task::Split split, int64_t index) const override {
    return task_->Get(split, index);
  }
  task::ProblemPrompt Prompt(const task::Problem& problem) const override {
    return task_->Prompt(problem);
  }
  std::optional<std::string> ExtractAnswer(std::string_view /*steps*/,
                                           task::AnswerFilter /*filter*/) const override {
    return std::nullopt;
  }

 private:
  std::unique_ptr<task::Task> task_;
};

std::unique_ptr<task::Task> LoadTask(const TreeLoadOptions& options) {
  std::unique_ptr<task::Task> task = task::MakeTask(options.task, {.data_dir = options.data_dir});
  if (options.problems > task->Size(task::Split::kTest)) {
    throw Error::Format("--problems {}: {} has {} test problems", options.problems, options.task,
                        task->Size(task::Split::kTest));
  }
  if (!options.deep) return task;
  return std::make_unique<EndlessTask>(std::move(task));
}

llm::SamplingOptions Sampling(const TreeLoadOptions& options) {
  llm::SamplingOptions sampling = options.sampling;
  sampling.ignore_end_of_text = options.deep;
  return sampling;
}

// Asks the network, so that its cost is real, and then goes deep.
class DeepPolicy : public tree::Policy {
 public:
  explicit DeepPolicy(tree::Policy& network) : network_(network) {}

  void Decide(std::span<const tree::DecisionRequest> requests,
              std::span<tree::Decision> decisions) override {
    network_.Decide(requests, decisions);
    for (size_t i = 0; i < requests.size(); ++i) {
      tree::Decision& decision = decisions[i];
      decision.action = Deepest(requests[i].tree->Legal());
      decision.log_prob = std::log(decision.probabilities[static_cast<int>(decision.action)]);
    }
  }

 private:
  // Actions are listed from Expand to Terminate.
  static tree::Action Deepest(tree::ActionMask legal) {
    return *std::ranges::find_if(tree::kActions, [&](tree::Action a) { return legal.Has(a); });
  }

  tree::Policy& network_;
};

reward::Head RandomHead(int width) {
  reward::Head head;
  RandomStream stream(Key("bench-head"));
  for (int i = 0; i < 2 * width; ++i) {
    head.weight.push_back(static_cast<float>(stream.Uniform() - 0.5) * 0.02F);
  }
  return head;
}

// An encoder takes its memory, seconds' worth of it, at the first path.
void TakeMemory(llm::Encoder& encoder) {
  const llm::EncodeRequest request{llm::Extend(nullptr, {0}), 0};
  std::vector<float> hidden(encoder.Info().width);
  encoder.Encode({&request, 1}, hidden);
  encoder.Forget();
}

class TreeLoad {
 public:
  TreeLoad(const TreeLoadOptions& options, const TreeModels& models,
           std::shared_ptr<policy::GpsNetwork> network)
      : options_(options),
        task_(LoadTask(options)),
        generator_(llm::MakeLlamaGenerator(models.generator, options.engine)),
        generator_client_(rounds_, *generator_, llm::Accelerator(options.device)),
        scorer_(MakeScorer(models.scorer)),
        scorer_client_(rounds_, scorer_, llm::Accelerator(options.scorer_device)),
        network_policy_(std::move(network), {}),
        deep_policy_(network_policy_),
        policy_client_(rounds_, options.deep ? static_cast<tree::Policy&>(deep_policy_)
                                             : static_cast<tree::Policy&>(network_policy_)),
        searcher_(policy_client_, {}),
        worlds_({.rounds = &rounds_,
                 .task = task_.get(),
                 .generator = &generator_client_,
                 .scorer = &scorer_client_,
                 .with_states = options.shared},
                {.sampling = Sampling(options)}),
        progress_("bench", options.problems, "searches") {}

  TreeLoadResult Run() {
    const std::vector<eval::SearchJob> jobs = Jobs();
    const Stopwatch watch;
    const auto begin = [&](size_t search) {
      if (search < static_cast<size_t>(options_.engine.width)) return;
      result_.sustained =
          static_cast<double>(generator_->counts().generated) / (watch.Seconds() - paused_);
      if (IsPause(static_cast<int64_t>(search))) Pause();
    };
    eval::RunSearches(
        {.rounds = rounds_, .task = *task_, .width = options_.engine.width},
        {.searcher = &searcher_,
         .worlds = &worlds_,
         .jobs = jobs,
         .limits = options_.limits,
         .with_features = options_.with_features,
         .on_begin = begin,
         .on_finished = [this](eval::FinishedSearch search) { Count(std::move(search)); }});
    result_.seconds = watch.Seconds() - paused_;
    std::ranges::sort(longest_, std::greater());
    longest_.resize(std::min<size_t>(longest_.size(), options_.engine.width));
    result_.longest_paths = std::accumulate(longest_.begin(), longest_.end(), int64_t{0});
    result_.rss_mb = ResidentMb();
    result_.phases = {.generate = generator_client_.phase().seconds,
                      .score = scorer_client_.phase().seconds,
                      .decide = policy_client_.phase().seconds};
    result_.generator = generator_->counts();
    result_.scorer = scorer_.encoder().counts();
    result_.depth /= std::max(1, options_.problems);
    result_.path_tokens = MeanPath();
    return std::move(result_);
  }

 private:
  reward::LlamaScorer MakeScorer(const std::shared_ptr<const llm::LlamaModel>& model) const {
    std::unique_ptr<llm::Encoder> encoder = llm::MakeLlamaEncoder(model, options_.engine);
    if (!options_.shared) TakeMemory(*encoder);
    return {std::move(encoder), RandomHead(model->info().width), {}};
  }

  std::vector<eval::SearchJob> Jobs() const {
    std::vector<eval::SearchJob> jobs;
    for (int problem = 0; problem < options_.problems; ++problem) {
      const std::string id = task_->Get(task::Split::kTest, problem).id;
      jobs.push_back({.problem = problem, .draw = Key("bench").With(id)});
    }
    return jobs;
  }

  // At the middle of each fifth of the searches that begin where another ended.
  bool IsPause(int64_t search) const {
    constexpr int kPauses = 5;
    const int64_t later = options_.problems - options_.engine.width,
                  at = search - options_.engine.width;
    for (int pause = 0; pause < kPauses; ++pause) {
      if (at == later * (2 * pause + 1) / (2 * kPauses)) return static_cast<bool>(options_.pause);
    }
    return false;
  }

  void Pause() {
    const Stopwatch watch;
    options_.pause(MeanPath());
    paused_ += watch.Seconds();
  }

  double MeanPath() const {
    return paths_ / static_cast<double>(std::max<int64_t>(1, result_.kept_tokens));
  }

  void Count(eval::FinishedSearch search) {
    longest_.push_back(CountWorld(*search.world));
    result_.nodes += search.result.nodes;
    result_.decisions += search.result.actions;
    result_.depth += search.result.depth;
    if (options_.with_features) {
      result_.trajectories.push_back(std::move(search.trajectories.front()));
    }
    if (10 * longest_.size() <= static_cast<size_t>(options_.problems) + 9) {
      result_.rss_mb_early = ResidentMb();
    }
    progress_.Advance();
  }

  // Returns the tokens of its longest path.
  int CountWorld(const world::World& world) {
    int longest = world.prompt_tokens();
    for (int id = 1; id < world.size(); ++id) {
      const world::Step& step = world.step(id);
      const auto tokens = static_cast<int64_t>(step.raw.tokens.size());
      result_.kept_tokens += tokens;
      paths_ += static_cast<double>(tokens) * (step.prefix->length - tokens / 2.0);
      longest = std::max(longest, step.prefix->length);
    }
    return longest;
  }

  TreeLoadOptions options_;
  std::unique_ptr<task::Task> task_;
  Rounds rounds_;
  std::unique_ptr<llm::Generator> generator_;
  llm::GeneratorClient generator_client_;
  reward::LlamaScorer scorer_;
  world::ScorerClient scorer_client_;
  policy::NetworkPolicy network_policy_;
  DeepPolicy deep_policy_;
  search::PolicyClient policy_client_;
  search::PolicySearch searcher_;
  world::LiveWorlds worlds_;
  std::vector<int64_t> longest_;  // path of each search
  Progress progress_;
  double paths_ = 0;   // tokens behind a kept token, sum over them
  double paused_ = 0;  // seconds
  TreeLoadResult result_;
};

}  // namespace

TreeModels LoadModels(const TreeLoadOptions& options) {
  TreeModels models;
  models.generator = llm::LlamaModel::Load(options.model, options.device);
  const bool same = options.scorer == options.model &&
                    llm::Accelerator(options.scorer_device) == llm::Accelerator(options.device);
  models.scorer =
      same ? models.generator : llm::LlamaModel::Load(options.scorer, options.scorer_device);
  return models;
}

double TreeLoadResult::ReevaluatedRatio() const {
  const int64_t first = generator.prompt + generator.evaluated + scorer.prompt + scorer.scored;
  const int64_t again = generator.reevaluated + scorer.reevaluated;
  return first > 0 ? static_cast<double>(first + again) / static_cast<double>(first) : 1;
}

TreeLoadResult RunTreeLoad(const TreeLoadOptions& options, const TreeModels& models,
                           std::shared_ptr<policy::GpsNetwork> network) {
  if (!network) network = std::make_shared<policy::GpsNetwork>(options.policy);
  return TreeLoad(options, models, std::move(network)).Run();
}

}  // namespace pgts::bench
