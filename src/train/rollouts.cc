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

// Searches of one problem walk one world, which is let go where the last of them has ended.
class RolloutWindow {
 public:
  RolloutWindow(const eval::Environment& environment, const search::Searcher& searcher,
                const RolloutRequest& request)
      : environment_(environment),
        searcher_(searcher),
        request_(request),
        each_(request.rollouts_per_problem),
        places_(request.visits.size() * static_cast<size_t>(each_)),
        rollouts_(places_.size()),
        left_(request.visits.size(), each_) {}

  std::vector<Rollout> Run() {
    environment_.forget();
    environment_.rounds.RunEach(0, static_cast<int64_t>(places_.size()), environment_.width,
                                [this](int64_t i) { return Walk(static_cast<size_t>(i)); });
    return std::move(rollouts_);
  }

 private:
  Co<void> Walk(size_t i) {
    const size_t visit = i / each_;
    places_[i] = Open(request_.visits[visit], static_cast<int>(i % each_));
    co_await Search(environment_.rounds, searcher_, *places_[i], request_.limits,
                    Draw(*places_[i]));
    rollouts_[i] = TakeRollout(environment_.task, *places_[i]);
    if (--left_[visit] > 0) co_return;
    for (size_t k = visit * each_; k < (visit + 1) * each_; ++k) places_[k].reset();
  }

  std::unique_ptr<Place> Open(const Visit& visit, int number) const {
    auto place = std::make_unique<Place>();
    place->rollout = {.problem = environment_.task.Get(task::Split::kTrain, visit.problem),
                      .number = number};
    const int epoch = request_.fixed_epoch >= 0
                          ? request_.fixed_epoch
                          : static_cast<int>(visit.earlier % request_.world_epochs);
    place->world = environment_.sampled->Open(place->rollout.problem, epoch);
    return place;
  }

  Key Draw(const Place& place) const {
    return request_.draw.With(static_cast<uint64_t>(place.rollout.problem.index))
        .With(static_cast<uint64_t>(place.rollout.number));
  }

  const eval::Environment& environment_;
  const search::Searcher& searcher_;
  const RolloutRequest& request_;
  size_t each_;
  std::vector<std::unique_ptr<Place>> places_;  // null: not begun, or the problem is done with
  std::vector<Rollout> rollouts_;
  std::vector<size_t> left_;  // of each visit: searches that have not ended
};

}  // namespace

std::vector<Rollout> CollectRollouts(const eval::Environment& environment,
                                     const search::Searcher& searcher,
                                     const RolloutRequest& request) {
  return RolloutWindow(environment, searcher, request).Run();
}

}  // namespace pgts::train
