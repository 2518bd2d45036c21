// SPDX-License-Identifier: Apache-2.0
#include "reward/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"
#include "base/stats.h"
#include "reward/gate.h"

namespace pgts::reward {
namespace {

constexpr double kMaxCalibrationError = 0.15;
constexpr int64_t kFewSteps = 20;      // of either label: too few to judge a depth by
constexpr double kWordsMargin = 0.02;  // step AUC above a bag of words
constexpr double kMostStyleAuc = 0.75;
constexpr double kMinCorruptionShare = 0.7;
constexpr double kFlippedShare = 0.2;

// `condition` is true where all is well; NaN in it is not.
Check Make(std::string name, std::string reading, bool condition, std::string problem) {
  return {std::move(name), std::move(reading), condition ? "" : std::move(problem)};
}

Check OutcomeCheck(const RewardMetrics& m, const GateOptions& options) {
  return Make("outcome AUC",
              fmt::format("{:.3f} (at least {:.2f})", m.outcome_auc, options.min_step_auc),
              m.outcome_auc >= options.min_step_auc,
              "the last step's score does not tell right solutions from wrong ones: voting by it "
              "will not help; give phase 1 more train_problems or rollouts_per_problem");
}

Check F1Check(const RewardMetrics& m) {
  const double all_right = 2 * m.positive_share / (1 + m.positive_share);
  return Make("F1", fmt::format("{:.3f} (calling every step right: {:.3f})", m.f1, all_right),
              m.f1 > all_right,
              fmt::format("at the threshold {:.2f} the reward model is no better than one that "
                          "calls every step right: its scores are nearly constant; train longer "
                          "or at another learning_rate",
                          m.threshold));
}

Check CalibrationCheck(const RewardMetrics& m) {
  return Make("calibration error",
              fmt::format("{:.3f} (at most {:.2f})", m.ece, kMaxCalibrationError),
              m.ece <= kMaxCalibrationError,
              "scores do not mean what they say, so thresholds and the policy's features mislead: "
              "raise reward_data.validation_problems, on which they are calibrated");
}

bool HasBothLabels(const DepthRow& row) {
  const double right = row.positive_share * static_cast<double>(row.steps);
  return right >= kFewSteps && static_cast<double>(row.steps) - right >= kFewSteps;
}

Check DepthCheck(const RewardMetrics& m) {
  const DepthRow* worst = nullptr;
  for (const DepthRow& row : m.by_depth) {
    if (HasBothLabels(row) && (worst == nullptr || row.auc < worst->auc)) worst = &row;
  }
  if (worst == nullptr) {
    return {.name = "score by depth", .reading = "too few steps of both labels at every depth"};
  }
  return Make("score by depth",
              fmt::format("lowest AUC {:.3f}, at depth {}", worst->auc, worst->depth),
              worst->auc > 0.5,
              fmt::format("at depth {} the scores of right steps are no higher than those of wrong "
                          "ones: the reward model judges by length; give it more examples of that "
                          "depth",
                          worst->depth));
}

Check FlippedCheck(double auc, const GateOptions& options) {
  return Make(
      "flipped labels found",
      fmt::format("AUC {:.3f} (at least {:.2f})", auc, options.min_step_auc),
      auc >= options.min_step_auc,
      "labels that were turned on purpose do not look wrong to the reward model: its scores "
      "sit on one side or its labels are the wrong way round; look at `pgts score`");
}

double Score(const ScoredStep& step, const Calibration& calibration) {
  return calibration.Score(step.evidence());
}

}  // namespace

double FlippedLabelAuc(std::span<const ScoredStep> steps, const Calibration& calibration) {
  RandomStream random{Key("flipped labels")};
  std::vector<double> suspicion;
  std::vector<int> flipped;
  for (const ScoredStep& step : steps) {
    if (!step.label) continue;
    flipped.push_back(random.Uniform() < kFlippedShare ? 1 : 0);
    const int given = flipped.back() ? 1 - *step.label : *step.label;
    const double score = Score(step, calibration);
    suspicion.push_back(given == 1 ? 1 - score : score);
  }
  return Auc(suspicion, flipped);
}

std::vector<Check> RewardModelChecks(std::span<const ScoredStep> steps,
                                     const RewardMetrics& metrics, const Calibration& calibration,
                                     const GateOptions& options) {
  return {StepAucCheck(metrics.step_auc, options),
          OutcomeCheck(metrics, options),
          F1Check(metrics),
          CalibrationCheck(metrics),
          DepthCheck(metrics),
          FlippedCheck(FlippedLabelAuc(steps, calibration), options)};
}

Check WordsCheck(const RewardMetrics& m) {
  if (std::isnan(m.words_auc)) {
    return {.name = "bag of words", .reading = "not measured: held-out steps of one label only"};
  }
  return Make("bag of words",
              fmt::format("AUC {:.3f}, the reward model {:.3f}", m.words_auc, m.step_auc),
              m.step_auc > m.words_auc + kWordsMargin,
              "a bag of words judges the steps as well as the reward model: either the labels leak "
              "through wording or length, or it has learnt no more than that; look at the data");
}

Check CorruptionStyleCheck(const RewardMetrics& m) {
  if (std::isnan(m.corruption_words_auc)) {
    return {.name = "style of corruptions",
            .reading = "not measured: too few corruptions, or trained before they were"};
  }
  return Make(
      "style of corruptions",
      fmt::format("bag of words, damaged against right steps: AUC {:.3f}", m.corruption_words_auc),
      m.corruption_words_auc < kMostStyleAuc,
      "damaged steps can be told from right ones by their words alone, so that the reward "
      "model may have learnt their style: look at the reference solutions, or lower "
      "reward_training.corruption_weight");
}

CorruptionReading ReadCorruptions(std::span<const CorruptionPair> pairs,
                                  const Calibration& calibration) {
  std::vector<double> falls, stays, before, reference, at, last;
  for (const CorruptionPair& pair : pairs) {
    const size_t wrong = pair.wrong_step;
    // A dropped step moves the rest up: the reference's step at the same place is still the one to
    // beat. A damaged step behind the reference's end has none.
    const double right =
        Score(pair.reference[std::min(wrong, pair.reference.size() - 1)], calibration);
    const double damaged = Score(pair.damaged[wrong], calibration);
    falls.push_back(damaged < right ? 1 : 0);
    reference.push_back(right);
    at.push_back(damaged);
    last.push_back(Score(pair.damaged.back(), calibration));
    if (wrong > 0) before.push_back(Score(pair.damaged[wrong - 1], calibration));
    if (wrong + 1 == pair.damaged.size()) continue;
    const double bar = wrong > 0 ? before.back() : right;
    stays.push_back(
        std::all_of(pair.damaged.begin() + static_cast<std::ptrdiff_t>(wrong) + 1,
                    pair.damaged.end(),
                    [&](const ScoredStep& step) { return Score(step, calibration) < bar; })
            ? 1
            : 0);
  }
  return {.pairs = static_cast<int64_t>(pairs.size()),
          .falls = Mean(falls),
          .stays_down = Mean(stays),
          .before = Mean(before),
          .reference = Mean(reference),
          .at = Mean(at),
          .last = Mean(last)};
}

std::vector<Check> CorruptionChecks(const CorruptionReading& r) {
  if (r.pairs == 0) {
    return {{.name = "corrupted steps", .reading = "no reference solution could be damaged"}};
  }
  std::vector<Check> checks = {Make(
      "score falls at a corrupted step",
      fmt::format(
          "in {:.0f} % of {} pairs (at least {:.0f} %): {:.2f} before it, {:.2f} there, {:.2f} "
          "in the reference",
          100 * r.falls, r.pairs, 100 * kMinCorruptionShare, r.before, r.at, r.reference),
      r.falls >= kMinCorruptionShare,
      "damaged steps often score no lower than the right ones in their place: raise "
      "reward_training.num_incorrect_per_problem or reward_data.corruption_problems")};
  if (!std::isnan(r.stays_down)) {
    checks.push_back(Make(
        "and stays down",
        fmt::format("in {:.0f} % of pairs (at least {:.0f} %): {:.2f} at the end",
                    100 * r.stays_down, 100 * kMinCorruptionShare, r.last),
        r.stays_down >= kMinCorruptionShare,
        "after a damaged step the score recovers: the reward model forgets what went wrong before; "
        "label all steps behind a mistake as wrong (reward_data.infer_after_wrong=true), and raise "
        "reward_data.corruption_problems"));
  }
  return checks;
}

}  // namespace pgts::reward
