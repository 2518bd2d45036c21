// SPDX-License-Identifier: Apache-2.0
#include "eval/run_method.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/progress.h"
#include "eval/grade.h"
#include "search/trace.h"

namespace pgts::eval {
namespace {

// Everything that one problem's search needs until it is recorded.
struct Ticket {
  task::Problem problem;
  std::shared_ptr<world::World> world;
  tree::TrajectoryRecorder recorder;
  search::SearchResult result;
  bool ended = false;
};

// "" is no answer.
double IsRight(const task::Task& task, const std::string& answer, const std::string& gold) {
  return !answer.empty() && task.Same(answer, gold) ? 1.0 : 0.0;
}

// Forward FLOPs: two per weight and token, for the generator over prompt and generated tokens, the
// scorer over the prompt and the paths that it read, the policy over the nodes that it read.
double Flops(const Environment& environment, const MethodRun& run, const search::SearchResult& result) {
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
  return task.ExtractAnswer(text, task::AnswerRule::kFlexible).value_or("");
}

// Every chain by itself: it reads the prompt, and nothing is scored.
void MeanOverChains(const Environment& environment, const Ticket& ticket, ProblemRecord& record) {
  const search::SearchResult& result = ticket.result;
  const double n = static_cast<double>(result.chains.size());
  record.correct = record.answered = record.flexible_correct = 0;
  double depth = 0;
  for (const search::ChainResult& chain : result.chains) {
    const std::string text = ticket.world->PathText(chain.last_step);
    record.correct += IsRight(environment.task, chain.answer, record.gold) / n;
    record.flexible_correct +=
        IsRight(environment.task, Flexibly(environment.task, text), record.gold) / n;
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

std::string AnswerText(const Ticket& ticket) {
  const search::SearchResult& result = ticket.result;
  const world::World& world = result.answer_world ? *result.answer_world : *ticket.world;
  return world.PathText(result.answer_step);
}

ProblemRecord Grade(const Environment& environment, const MethodRun& run, const Ticket& ticket) {
  const search::SearchResult& result = ticket.result;
  ProblemRecord record{.problem = ticket.problem.index,
                       .recorded = !result.charges.not_recorded,
                       .answer = result.answer.value_or(""),
                       .gold = ticket.problem.gold,
                       .text = AnswerText(ticket),
                       .answered = result.answer ? 1.0 : 0.0,
                       .tokens = static_cast<double>(result.charges.tokens),
                       .computed_tokens = static_cast<double>(result.charges.computed_tokens),
                       .nodes = static_cast<double>(result.nodes),
                       .depth = static_cast<double>(result.depth),
                       .actions = static_cast<double>(result.actions),
                       .flops = Flops(environment, run, result),
                       .seconds = result.charges.seconds};
  record.correct = IsRight(environment.task, record.answer, record.gold);
  record.flexible_answer = Flexibly(environment.task, record.text);
  record.flexible_correct = IsRight(environment.task, record.flexible_answer, record.gold);
  if (run.mean_over_chains) MeanOverChains(environment, ticket, record);
  return record;
}

Co<void> Search(const Environment& environment, const MethodRun& run, Ticket& ticket) {
  const Key draw = run.draw.With(static_cast<uint64_t>(ticket.problem.index));
  search::SearchContext context{.rounds = environment.rounds,
                                .world = ticket.world,
                                .limits = run.limits,
                                .draw = draw,
                                .observer = &ticket.recorder,
                                .further_world = [&](int k) {
                                  return run.worlds->Open(ticket.problem,
                                                          world::VotingEpoch(run.epoch, k));
                                }};
  ticket.result = co_await run.searcher->Run(std::move(context));
}

// Where search `number` of this problem walked.
const world::World& WorldOf(const Ticket& ticket, size_t number) {
  const std::vector<search::ChainResult>& chains = ticket.result.chains;
  return number < chains.size() && chains[number].world ? *chains[number].world : *ticket.world;
}

// What the searches recorded, graded; told in full where somebody wants to hear it.
std::vector<tree::Trajectory> TakeTrajectories(const task::Task& task, const MethodRun& run,
                                               Ticket& ticket) {
  std::vector<tree::Trajectory> searches = ticket.recorder.TakeAll();
  for (size_t i = 0; i < searches.size(); ++i) {
    if (run.on_result) search::AddTexts(WorldOf(ticket, i), searches[i]);
    GradeTrajectory(task, ticket.problem, searches[i]);
  }
  return searches;
}

// Whether some path answers right, be it the method's answer or not.
bool FoundRight(const std::vector<tree::Trajectory>& searches) {
  for (const tree::Trajectory& search : searches) {
    for (const tree::TrajectoryStep& step : search.steps) {
      if (step.grown && step.grown->correct.value_or(false)) return true;
    }
  }
  return false;
}

// The searches of one method: as many side by side as the engine has places for.
class SearchWindow {
 public:
  SearchWindow(const Environment& environment, const MethodRun& run)
      : environment_(environment),
        run_(run),
        result_{.method = run.method, .setting = run.setting},
        tickets_(run.problems.size()),
        progress_(run.method, static_cast<int64_t>(run.problems.size()), "problems") {}

  MethodResult Run() {
    environment_.forget();
    const int walkers = run_.searcher->Walkers(run_.limits);
    const int searches = std::max(1, environment_.width / walkers);
    environment_.rounds.RunEach(0, static_cast<int64_t>(run_.problems.size()), searches,
                              [this](int64_t place) { return Walk(place); });
    return std::move(result_);
  }

 private:
  Co<void> Walk(int64_t place) {
    Ticket& ticket = *(tickets_[place] = Open(run_.problems[place]));
    co_await Search(environment_, run_, ticket);
    ticket.ended = true;
    Record();
    progress_.Advance(1);
  }

  std::unique_ptr<Ticket> Open(int64_t index) const {
    auto ticket =
        std::make_unique<Ticket>(Ticket{.problem = environment_.task.Get(run_.split, index),
                                        .recorder = tree::TrajectoryRecorder(run_.with_features)});
    ticket->world = run_.worlds->Open(ticket->problem, run_.epoch);
    return ticket;
  }

  // Whatever has ended, in the order of the problems.
  void Record() {
    for (; recorded_ < tickets_.size(); ++recorded_) {
      std::unique_ptr<Ticket>& ticket = tickets_[recorded_];
      if (!ticket || !ticket->ended) return;
      std::vector<tree::Trajectory> searches = TakeTrajectories(environment_.task, run_, *ticket);
      result_.records.push_back(Grade(environment_, run_, *ticket));
      ProblemRecord& record = result_.records.back();
      record.oracle = FoundRight(searches) ? 1 : 0;
      if (run_.on_result) run_.on_result(ticket->problem, ticket->result, std::move(searches));
      ticket.reset();
      right_ += record.correct;
      progress_.SetNote(
          fmt::format("accuracy {:.3f}", right_ / static_cast<double>(result_.records.size())));
    }
  }

  Environment environment_;
  const MethodRun& run_;
  MethodResult result_;
  std::vector<std::unique_ptr<Ticket>> tickets_;  // of run_.problems; null: not begun or recorded
  size_t recorded_ = 0;
  double right_ = 0;
  Progress progress_;
};

}  // namespace

MethodResult RunMethod(const Environment& environment, const MethodRun& run) {
  return SearchWindow(environment, run).Run();
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
