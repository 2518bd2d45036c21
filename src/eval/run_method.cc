// SPDX-License-Identifier: Apache-2.0
#include "eval/run_method.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/progress.h"

namespace pgts::eval {
namespace {

// Forward FLOPs: two per weight and token, for the generator over prompt and generated tokens, the
// scorer over the prompt and the paths that it read, the policy over the nodes that it read.
double Flops(const Environment& environment, const MethodRun& run,
             const search::SearchResult& result) {
  const world::Charges& charges = result.charges;
  const double generator = static_cast<double>(environment.generator_parameters) *
                           static_cast<double>(charges.prompt_tokens + charges.tokens);
  const double scored_prompt = charges.scored_steps > 0 ? charges.prompt_tokens : 0;
  const double scorer = static_cast<double>(environment.scorer_parameters) *
                        (scored_prompt + static_cast<double>(charges.scored_tokens));
  return 2 *
         (generator + scorer + static_cast<double>(run.policy_parameters) * result.policy_nodes);
}

std::string Flexibly(const task::Task& task, const std::string& text) {
  return task.ExtractAnswer(text, task::AnswerFilter::kFlexible).value_or("");
}

// Every chain by itself: it reads the prompt, and nothing is scored.
void MeanOverChains(const Environment& environment, const FinishedSearch& search,
                    ProblemRecord& record) {
  const search::SearchResult& result = search.result;
  const double n = static_cast<double>(result.chains.size());
  record.correct = record.answered = record.flexible_correct = 0;
  double depth = 0;
  for (const search::ChainResult& chain : result.chains) {
    const std::string text = search.world->PathText(chain.last_step);
    record.correct += search.problem.IsRight(chain.answer) / n;
    record.flexible_correct += search.problem.IsRight(Flexibly(environment.task, text)) / n;
    record.answered += (chain.answer.empty() ? 0.0 : 1.0) / n;
    depth += chain.depth / n;
  }
  record.depth = depth;
  record.tokens /= n;
  record.computed_tokens /= n;
  record.nodes /= n;
  record.actions /= n;
  record.seconds /= n;
  record.flops = 2.0 * static_cast<double>(environment.generator_parameters) *
                 (static_cast<double>(result.charges.prompt_tokens) + record.tokens);
}

std::string AnswerText(const FinishedSearch& search) {
  const search::SearchResult& result = search.result;
  const world::World& world = result.answer_world ? *result.answer_world : *search.world;
  return world.PathText(result.answer_step);
}

// Whether some path answers right, be it the method's answer or not.
bool FoundRight(const std::vector<tree::Trajectory>& trajectories) {
  for (const tree::Trajectory& trajectory : trajectories) {
    for (const tree::TrajectoryStep& step : trajectory.steps) {
      if (step.grown && step.grown->correct.value_or(false)) return true;
    }
  }
  return false;
}

ProblemRecord Record(const Environment& environment, const MethodRun& run,
                     const FinishedSearch& search) {
  const search::SearchResult& result = search.result;
  ProblemRecord record{.problem = search.problem.index,
                       .recorded = !result.charges.not_recorded,
                       .answer = result.answer.value_or(""),
                       .gold = search.problem.gold,
                       .text = AnswerText(search),
                       .answered = result.answer ? 1.0 : 0.0,
                       .tokens = static_cast<double>(result.charges.tokens),
                       .computed_tokens = static_cast<double>(result.charges.computed_tokens),
                       .nodes = static_cast<double>(result.nodes),
                       .depth = static_cast<double>(result.depth),
                       .actions = static_cast<double>(result.actions),
                       .flops = Flops(environment, run, result),
                       .seconds = result.charges.seconds};
  record.correct = search.problem.IsRight(record.answer);
  record.flexible_answer = Flexibly(environment.task, record.text);
  record.flexible_correct = search.problem.IsRight(record.flexible_answer);
  record.oracle = FoundRight(search.trajectories) ? 1 : 0;
  if (run.mean_over_chains) MeanOverChains(environment, search, record);
  return record;
}

}  // namespace

MethodResult RunMethod(const Environment& environment, const MethodRun& run) {
  MethodResult result{.method = run.method, .setting = run.setting};
  std::vector<SearchJob> jobs;
  for (const int64_t problem : run.problems) {
    jobs.push_back({.problem = problem,
                    .epoch = run.epoch,
                    .draw = run.draw.With(static_cast<uint64_t>(problem))});
  }
  Progress progress(run.method, static_cast<int64_t>(jobs.size()), "problems");
  double right = 0;
  const auto record = [&](FinishedSearch search) {
    result.records.push_back(Record(environment, run, search));
    if (run.on_result) {
      run.on_result(search.problem, search.result, std::move(search.trajectories));
    }
    right += result.records.back().correct;
    progress.SetNote(
        fmt::format("accuracy {:.3f}", right / static_cast<double>(result.records.size())));
    progress.Advance();
  };
  RunSearches(environment, {.searcher = run.searcher,
                            .worlds = run.worlds,
                            .split = run.split,
                            .jobs = jobs,
                            .limits = run.limits,
                            .with_texts = static_cast<bool>(run.on_result),
                            .on_finished = record});
  return result;
}

std::vector<int64_t> FirstProblems(const task::Task& task, task::Split split, int64_t count) {
  if (task.Size(split) == 0) {
    throw Error::Format(
        "the task {} has no problems in its split {}; use train, validation or test", task.name(),
        task::SplitName(split));
  }
  std::vector<int64_t> problems(static_cast<size_t>(std::min(count, task.Size(split))));
  std::iota(problems.begin(), problems.end(), 0);
  return problems;
}

}  // namespace pgts::eval
