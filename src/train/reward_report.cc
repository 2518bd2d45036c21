// SPDX-License-Identifier: Apache-2.0
#include "train/reward_report.h"

#include <algorithm>

#include "base/log.h"
#include "base/stop.h"

namespace pgts::train {
namespace {

constexpr int64_t kRecords = 200;  // of a whole training, about: what a curve can show
constexpr int64_t kLogLines = 10;

bool IsDue(const reward::TrainingPoint& point, int64_t times) {
  return point.step % std::max<int64_t>(1, point.steps / times) == 0;
}

}  // namespace

void RewardReport::Step(const reward::TrainingPoint& point) {
  ThrowIfStopped();
  if (!progress_) progress_.emplace("training the reward model", point.steps, "steps");
  smooth_loss_ = point.step <= 1 ? point.loss : 0.9 * smooth_loss_ + 0.1 * point.loss;
  progress_->SetNote(fmt::format("loss {:.3f}", smooth_loss_));
  progress_->SetDone(point.step);
  Record(point);
  if (IsDue(point, kLogLines)) {
    Info("phase 1 step {}/{} loss {:.4f} learning rate {:.2e}", point.step, point.steps,
         smooth_loss_, point.learning_rate);
  }
}

void RewardReport::Record(const reward::TrainingPoint& point) {
  loss_sum_ += point.loss;
  ++steps_since_;
  if (!IsDue(point, kRecords)) return;
  metrics_.Write({{"kind", "reward"},
                  {"step", point.step},
                  {"epoch", point.epoch},
                  {"loss", loss_sum_ / static_cast<double>(steps_since_)},
                  {"learning_rate", point.learning_rate}});
  loss_sum_ = 0;
  steps_since_ = 0;
}

void RewardReport::Record(const reward::ValidationPoint& point) {
  metrics_.Write({{"kind", "reward_validation"},
                  {"step", point.step},
                  {"epoch", point.epoch},
                  {"loss", point.loss},
                  {"step_auc", point.step_auc}});
}

void RewardReport::Validated(const reward::ValidationPoint& point) {
  Record(point);
  Info("phase 1 epoch {:.2f}: validation loss {:.4f}, step AUC {:.4f}{}", point.epoch, point.loss,
       point.step_auc, point.best ? " (best so far, kept)" : "");
}

int64_t RewardRecordsLength(const std::string& metrics_path) {
  if (!FileExists(metrics_path)) return 0;
  JsonlReader reader(metrics_path, {.own = true});
  int64_t length = 0;
  while (const std::optional<Json> record = reader.Next()) {
    if (!record->value("kind", "").starts_with("reward")) break;
    length = reader.whole_length();
  }
  return length;
}

}  // namespace pgts::train
