// SPDX-License-Identifier: Apache-2.0
#include "train/rollouts.h"

#include <memory>
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

std::unique_ptr<Place> Open(eval::Session& session, const RolloutRequest& request,
                            const Visit& visit, int number) {
  auto place = std::make_unique<Place>();
  place->rollout = {.problem = session.task().Get(task::Split::kTrain, visit.problem),
                    .number = number};
  const int epoch = request.fixed_epoch >= 0
                        ? request.fixed_epoch
                        : static_cast<int>(visit.earlier % request.world_epochs);
  place->world = session.sampled().Open(place->rollout.problem, epoch);
  return place;
}

}  // namespace

std::vector<Rollout> CollectRollouts(eval::Session& session, const search::Searcher& searcher,
                                     const RolloutRequest& request) {
  const int each = request.rollouts_per_problem;
  const auto count = static_cast<int64_t>(request.visits.size()) * each;
  std::vector<std::unique_ptr<Place>> places(static_cast<size_t>(count));
  const auto walk = [&](int64_t i) {
    const Visit& visit = request.visits[i / each];
    const int number = static_cast<int>(i % each);
    places[i] = Open(session, request, visit, number);
    const Key draw =
        request.draw.With(static_cast<uint64_t>(visit.problem)).With(static_cast<uint64_t>(number));
    return Search(session.rounds(), searcher, *places[i], request.limits, draw);
  };
  session.Forget();
  session.rounds().RunEach(0, count, session.options().engine.width, walk);
  std::vector<Rollout> rollouts;
  for (const auto& place : places) rollouts.push_back(TakeRollout(session.task(), *place));
  return rollouts;
}

}  // namespace pgts::train
