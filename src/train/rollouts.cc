// SPDX-License-Identifier: Apache-2.0
#include "train/rollouts.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "eval/grade.h"
#include "search/trace.h"

namespace pgts::train {
namespace {

struct Place {
  Rollout rollout;
  std::shared_ptr<world::World> world;
  tree::TrajectoryRecorder recorder{/*with_features=*/true};
};

Co<void> Search(Rounds& rounds, const search::Searcher& searcher, Place& place, tree::Limits limits,
                Key draw) {
  search::SearchContext context{.rounds = rounds,
                                .world = place.world,
                                .limits = limits,
                                .draw = draw,
                                .observer = &place.recorder};
  place.rollout.result = co_await searcher.Run(std::move(context));
}

Rollout TakeRollout(const task::Task& task, Place& place) {
  Rollout& rollout = place.rollout;
  rollout.trajectory = place.recorder.Take();
  search::AddTexts(*place.world, rollout.trajectory);
  eval::GradeTrajectory(task, rollout.problem, rollout.trajectory);
  return std::move(rollout);
}

void Collect(eval::Session& session, const search::Searcher& searcher,
             const RolloutRequest& request, std::span<const Visit> visits,
             std::vector<Rollout>& rollouts) {
  session.Forget();
  std::vector<std::unique_ptr<Place>> places;
  for (const Visit& visit : visits) {
    const task::Problem problem = session.task().Get(task::Split::kTrain, visit.problem);
    const int epoch = request.fixed_epoch >= 0
                          ? request.fixed_epoch
                          : static_cast<int>(visit.earlier % request.world_epochs);
    for (int number = 0; number < request.rollouts_per_problem; ++number) {
      auto place = std::make_unique<Place>();
      place->rollout = {.problem = problem, .number = number};
      place->world = session.sampled().Open(problem, epoch);
      const Key draw = request.draw.With(static_cast<uint64_t>(visit.problem))
                           .With(static_cast<uint64_t>(number));
      session.rounds().Spawn(Search(session.rounds(), searcher, *place, request.limits, draw));
      places.push_back(std::move(place));
    }
  }
  session.rounds().Run();
  for (const auto& place : places) rollouts.push_back(TakeRollout(session.task(), *place));
}

}  // namespace

std::vector<Rollout> CollectRollouts(eval::Session& session, const search::Searcher& searcher,
                                     const RolloutRequest& request) {
  const auto chunk = static_cast<size_t>(
      std::max(1, session.options().engine.width / request.rollouts_per_problem));
  std::vector<Rollout> rollouts;
  const std::span<const Visit> visits = request.visits;
  for (size_t begin = 0; begin < visits.size(); begin += chunk) {
    const size_t count = std::min(chunk, visits.size() - begin);
    Collect(session, searcher, request, visits.subspan(begin, count), rollouts);
  }
  return rollouts;
}

}  // namespace pgts::train
