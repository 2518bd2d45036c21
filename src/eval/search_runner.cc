// SPDX-License-Identifier: Apache-2.0
#include "eval/search_runner.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "search/trace.h"

namespace pgts::eval {
namespace {

// Where search `number` of a method's walked.
const world::World& WorldOf(const FinishedSearch& search, size_t number) {
  const std::vector<search::ChainResult>& chains = search.result.chains;
  return number < chains.size() && chains[number].world ? *chains[number].world : *search.world;
}

// Marks what a recorded search got right: the answer of every terminal step, and its own. Without
// an answer it is wrong; one that its world could not go on with is not graded.
void Grade(const task::Problem& problem, tree::Trajectory& trajectory) {
  for (tree::TrajectoryStep& step : trajectory.steps) {
    if (!step.grown || !step.grown->child.terminal) continue;
    step.grown->correct = problem.IsRight(step.grown->child.answer);
  }
  if (trajectory.end == tree::End::kNone) return;
  trajectory.correct = trajectory.answer && problem.IsRight(trajectory.answer->text);
}

class SearchRunner {
 public:
  SearchRunner(const Environment& environment, const SearchBatch& batch)
      : environment_(environment), batch_(batch), finished_(batch.jobs.size()) {
    for (const SearchJob& job : batch.jobs) ++worlds_[{job.problem, job.epoch}].searches;
  }

  void Run() {
    environment_.forget();
    const int side_by_side =
        std::max(1, environment_.width / batch_.searcher->Walkers(batch_.limits));
    environment_.rounds.RunEach(0, static_cast<int64_t>(batch_.jobs.size()), side_by_side,
                                [this](int64_t job) {
                                  if (batch_.on_begin) batch_.on_begin(static_cast<size_t>(job));
                                  return Search(static_cast<size_t>(job));
                                });
  }

 private:
  struct SharedWorld {
    std::shared_ptr<world::World> world;  // null: none of its searches has begun
    int searches = 0;                     // that have not ended
  };

  Co<void> Search(size_t number) {
    const SearchJob& job = batch_.jobs[number];
    FinishedSearch search{.job = number,
                          .problem = environment_.task.Get(batch_.split, job.problem)};
    SharedWorld& shared = worlds_.at({job.problem, job.epoch});
    if (!shared.world) shared.world = batch_.worlds->Open(search.problem, job.epoch);
    search.world = shared.world;
    tree::TrajectoryRecorder recorder(batch_.with_features);
    const auto further_world = [&](int k) {
      return batch_.worlds->Open(search.problem, world::VotingEpoch(job.epoch, k));
    };
    search::SearchContext context{.rounds = environment_.rounds,
                                  .world = search.world,
                                  .limits = job.limits.value_or(batch_.limits),
                                  .draw = job.draw,
                                  .observer = &recorder,
                                  .further_world = further_world};
    const search::Searcher& searcher = job.searcher ? *job.searcher : *batch_.searcher;
    search.result = co_await searcher.Run(std::move(context));
    if (--shared.searches == 0) shared.world.reset();
    search.trajectories = recorder.TakeAll();
    finished_[number] = std::move(search);
    HandOver();
  }

  // All that has ended, up to the first that has not.
  void HandOver() {
    for (; next_ < finished_.size() && finished_[next_]; ++next_) {
      FinishedSearch search = *std::exchange(finished_[next_], std::nullopt);
      for (size_t i = 0; i < search.trajectories.size(); ++i) {
        if (batch_.with_texts) search::AddTexts(WorldOf(search, i), search.trajectories[i]);
        Grade(search.problem, search.trajectories[i]);
      }
      batch_.on_finished(std::move(search));
    }
  }

  const Environment& environment_;
  const SearchBatch& batch_;
  std::map<std::pair<int64_t, int>, SharedWorld> worlds_;  // by problem and epoch
  std::vector<std::optional<FinishedSearch>> finished_;    // of each job, until it is handed over
  size_t next_ = 0;                                        // job to be handed over
};

}  // namespace

void RunSearches(const Environment& environment, const SearchBatch& batch) {
  SearchRunner(environment, batch).Run();
}

}  // namespace pgts::eval
