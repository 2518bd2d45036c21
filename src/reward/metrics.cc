// SPDX-License-Identifier: Apache-2.0
#include "reward/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <map>
#include <type_traits>

#include "base/error.h"
#include "base/stats.h"
#include "base/table.h"

namespace pgts::reward {
namespace {

constexpr int kCalibrationBins = 10;

// Scores with the labels that one measure is taken against.
struct Judged {
  std::vector<double> scores;
  std::vector<int> labels;

  void Add(double score, const std::optional<int>& label) {
    if (!label) return;
    scores.push_back(score);
    labels.push_back(*label);
  }
  double PositiveShare() const {
    return static_cast<double>(std::count(labels.begin(), labels.end(), 1)) / labels.size();
  }
};

// What is known of whole solutions: last steps against the grades, and whose they are.
struct Outcomes {
  Judged judged;
  std::vector<int64_t> problems;  // parallel to judged's
};

Outcomes OutcomesOf(std::span<const ScoredStep> steps, const Calibration& calibration) {
  Outcomes outcomes;
  for (const ScoredStep& step : steps) {
    if (!step.grade) continue;
    outcomes.judged.Add(calibration.Score(step.evidence()), step.grade);
    outcomes.problems.push_back(step.problem);
  }
  return outcomes;
}

double Ratio(double part, double whole) {
  return whole > 0 ? part / whole : std::numeric_limits<double>::quiet_NaN();
}

double LogLoss(const Judged& judged) {
  double loss = 0;
  for (size_t i = 0; i < judged.scores.size(); ++i) {
    const double p = judged.labels[i] ? judged.scores[i] : 1 - judged.scores[i];
    loss -= std::log(std::max(p, 1e-12));
  }
  return loss / static_cast<double>(judged.scores.size());
}

std::vector<CalibrationBin> BinsOf(const Judged& judged) {
  std::array<Judged, kCalibrationBins> bins;
  for (size_t i = 0; i < judged.scores.size(); ++i) {
    const double score = judged.scores[i];
    const int bin = std::clamp(static_cast<int>(score * kCalibrationBins), 0, kCalibrationBins - 1);
    bins[bin].Add(score, judged.labels[i]);
  }
  std::vector<CalibrationBin> out;
  for (const Judged& bin : bins) {
    if (bin.labels.empty()) continue;
    out.push_back({.steps = static_cast<int64_t>(bin.labels.size()),
                   .mean_score = Mean(bin.scores),
                   .positive_share = bin.PositiveShare()});
  }
  return out;
}

Confusion CountConfusion(const Judged& judged, double threshold) {
  Confusion c;
  for (size_t i = 0; i < judged.scores.size(); ++i) {
    const bool called_right = judged.scores[i] >= threshold;
    if (judged.labels[i]) {
      ++(called_right ? c.true_positive : c.false_negative);
    } else {
      ++(called_right ? c.false_positive : c.true_negative);
    }
  }
  return c;
}

void SetRatios(RewardMetrics& m) {
  const Confusion& c = m.confusion;
  const double tp = c.true_positive, fp = c.false_positive, tn = c.true_negative,
               fn = c.false_negative;
  m.accuracy = Ratio(tp + tn, tp + fp + tn + fn);
  m.precision = Ratio(tp, tp + fp);
  m.recall = Ratio(tp, tp + fn);
  m.f1 = Ratio(2 * tp, 2 * tp + fp + fn);
  m.specificity = Ratio(tn, tn + fp);
}

world::ScoreQuantiles ScoresOf(std::span<const ScoredStep> steps, const Calibration& calibration) {
  std::vector<double> inner, last;
  for (const ScoredStep& step : steps) {
    (step.grade ? last : inner).push_back(calibration.Score(step.evidence()));
  }
  world::ScoreQuantiles scores = world::EvenScores();
  if (!inner.empty()) scores.steps = world::QuantilesOf(inner);
  if (!last.empty()) scores.answers = world::QuantilesOf(last);
  return scores;
}

std::string Number(double value, int digits = 3) {
  return std::isnan(value) ? "-" : fmt::format("{:.{}f}", value, digits);
}

// Every number under its key in reward_model.json, in the file's order.
template <class Metrics, class Visitor>
void VisitNumbers(Metrics& m, const Visitor& visit) requires
    std::same_as<std::remove_const_t<Metrics>, RewardMetrics> {
  visit("steps", m.steps);
  visit("positive_share", m.positive_share);
  visit("step_auc", m.step_auc);
  visit("outcome_auc", m.outcome_auc);
  visit("outcome_auc_low", m.outcome_auc_low);
  visit("outcome_auc_high", m.outcome_auc_high);
  visit("within_problem_auc", m.within_problem_auc);
  visit("outcomes", m.outcomes);
  visit("exact_auc", m.exact_auc);
  visit("head_auc", m.head_auc);
  visit("log_prob_auc", m.log_prob_auc);
  visit("words_auc", m.words_auc);
  visit("corruption_words_auc", m.corruption_words_auc);
  visit("loss", m.loss);
  visit("loss_uncalibrated", m.loss_uncalibrated);
  visit("ece", m.ece);
  visit("ece_uncalibrated", m.ece_uncalibrated);
  visit("threshold", m.threshold);
  visit("accuracy", m.accuracy);
  visit("precision", m.precision);
  visit("recall", m.recall);
  visit("f1", m.f1);
  visit("specificity", m.specificity);
  visit("true_positive", m.confusion.true_positive);
  visit("false_positive", m.confusion.false_positive);
  visit("true_negative", m.confusion.true_negative);
  visit("false_negative", m.confusion.false_negative);
}

// Of a DepthRow or a CalibrationBin.
template <class Row, class Visitor>
void VisitNumbers(Row& row, const Visitor& visit) {
  if constexpr (requires { row.depth; }) visit("depth", row.depth);
  visit("steps", row.steps);
  visit("mean_score", row.mean_score);
  visit("positive_share", row.positive_share);
  if constexpr (requires { row.auc; }) visit("auc", row.auc);
}

template <class Numbers>
Json WriteNumbers(const Numbers& numbers) {
  Json json = Json::object();
  VisitNumbers(numbers, [&](const char* key, const auto& value) { json[key] = value; });
  return json;
}

template <class Numbers>
Numbers ReadNumbers(const Json& json) {
  Numbers numbers;
  VisitNumbers(numbers, [&](const char* key, auto& value) {
    using T = std::remove_reference_t<decltype(value)>;
    const auto at = json.find(key);
    const bool known = at != json.end() && at->is_number();
    value = known ? at->template get<T>() : std::numeric_limits<T>::quiet_NaN();  // 0 for a count
  });
  return numbers;
}

template <class Row>
Json WriteRows(const std::vector<Row>& rows) {
  Json out = Json::array();
  for (const Row& row : rows) out.push_back(WriteNumbers(row));
  return out;
}

template <class Row>
std::vector<Row> ReadRows(const Json& json, const char* key) {
  std::vector<Row> rows;
  for (const Json& row : json.value(key, Json::array())) rows.push_back(ReadNumbers<Row>(row));
  return rows;
}

// Left as they are where the file does not hold them.
void ReadQuantiles(const Json& json, const char* key,
                   std::array<float, world::ScoreQuantiles::kCount>& quantiles) {
  const auto at = json.find(key);
  if (at == json.end() || !at->is_array() || at->size() != quantiles.size()) return;
  if (std::ranges::all_of(*at, [](const Json& value) { return value.is_number(); })) {
    at->get_to(quantiles);
  }
}

}  // namespace

RewardMetrics Measure(std::span<const ScoredStep> steps, const Calibration& calibration,
                      double threshold) {
  Judged plain, labelled, exact, head, log_prob;
  std::map<int, Judged> by_depth;
  for (const ScoredStep& step : steps) {
    const double score = calibration.Score(step.evidence());
    if (std::isnan(score)) {
      throw Error(
          "reward model: the score of a held-out step is not a number: the base's file is damaged, "
          "or the learning rate is too high");
    }
    plain.Add(Calibration{}.Score(step.evidence()), step.label);
    head.Add(step.logit, step.label);
    log_prob.Add(step.path.mean_log_prob, step.label);
    labelled.Add(score, step.label);
    exact.Add(score, step.exact);
    by_depth[step.depth].Add(score, step.label);
  }
  if (labelled.labels.empty()) {
    throw Error::Format(
        "reward model: no held-out step has a label, so nothing can be measured; "
        "raise reward_data.validation_problems");
  }
  const auto [outcome, problems] = OutcomesOf(steps, calibration);
  RewardMetrics m{
      .steps = static_cast<int64_t>(labelled.labels.size()),
      .positive_share = labelled.PositiveShare(),
      .loss = LogLoss(labelled),
      .loss_uncalibrated = LogLoss(plain),
      .step_auc = Auc(labelled.scores, labelled.labels),
      .outcome_auc = Auc(outcome.scores, outcome.labels),
      .exact_auc = Auc(exact.scores, exact.labels),
      .within_problem_auc = AucWithinProblems(outcome.scores, outcome.labels, problems),
      .outcomes = static_cast<int64_t>(outcome.labels.size()),
      .head_auc = Auc(head.scores, head.labels),
      .log_prob_auc = Auc(log_prob.scores, log_prob.labels),
      .ece = ExpectedCalibrationError(labelled.scores, labelled.labels, kCalibrationBins),
      .ece_uncalibrated = ExpectedCalibrationError(plain.scores, plain.labels, kCalibrationBins),
      .threshold = threshold,
      .confusion = CountConfusion(labelled, threshold),
      .by_score = BinsOf(labelled),
      .scores = ScoresOf(steps, calibration)};
  SetRatios(m);
  for (const auto& [depth, judged] : by_depth) {
    if (judged.labels.empty()) continue;
    m.by_depth.push_back({.depth = depth,
                          .steps = static_cast<int64_t>(judged.labels.size()),
                          .mean_score = Mean(judged.scores),
                          .positive_share = judged.PositiveShare(),
                          .auc = Auc(judged.scores, judged.labels)});
  }
  return m;
}

RewardMetrics MeasureWhole(std::span<const ScoredStep> steps, const Calibration& calibration,
                           double threshold) {
  RewardMetrics m = Measure(steps, calibration, threshold);
  const auto [outcome, problems] = OutcomesOf(steps, calibration);
  const Interval interval =
      BootstrapAuc(outcome.scores, outcome.labels, problems, {.resamples = 2000});
  m.outcome_auc_low = interval.low;
  m.outcome_auc_high = interval.high;
  return m;
}

Calibration CalibrateOn(std::span<const ScoredStep> steps, bool weigh_slips) {
  std::vector<Evidence> evidence;
  std::vector<int> labels;
  for (const ScoredStep& step : steps) {
    if (!step.label) continue;
    evidence.push_back(step.evidence());
    if (!weigh_slips) {
      evidence.back().path.wrong_equations = evidence.back().path.unused_numbers = 0;
    }
    labels.push_back(*step.label);
  }
  return FitCalibration(evidence, labels);
}

Json ToJson(const RewardMetrics& m) {
  Json json = WriteNumbers(m);
  json["by_depth"] = WriteRows(m.by_depth);
  json["by_score"] = WriteRows(m.by_score);
  json["score_quantiles"] = {{"steps", m.scores.steps}, {"answers", m.scores.answers}};
  return json;
}

RewardMetrics MetricsFromJson(const Json& json) {
  RewardMetrics m = ReadNumbers<RewardMetrics>(json);
  m.by_depth = ReadRows<DepthRow>(json, "by_depth");
  m.by_score = ReadRows<CalibrationBin>(json, "by_score");
  const Json scores = json.value("score_quantiles", Json::object());
  ReadQuantiles(scores, "steps", m.scores.steps);
  ReadQuantiles(scores, "answers", m.scores.answers);
  return m;
}

std::string MetricsTable(const RewardMetrics& m) {
  Table numbers({{"reward model, held-out steps"}, {"", Align::kRight}});
  numbers.Row({"labelled steps", fmt::format("{}", m.steps)});
  numbers.Row({"share right", Number(m.positive_share)});
  numbers.Row({"step AUC", Number(m.step_auc)});
  numbers.Row({"  head alone / generator's mean log-probability alone",
               Number(m.head_auc) + " / " + Number(m.log_prob_auc)});
  if (!std::isnan(m.words_auc)) {
    numbers.Row({"  a bag of words on the same split", Number(m.words_auc)});
  }
  if (!std::isnan(m.corruption_words_auc)) {
    numbers.Row({"  a bag of words between damaged and right steps (0.5: no style tells)",
                 Number(m.corruption_words_auc)});
  }
  numbers.Row({fmt::format("outcome AUC, of {} solutions", m.outcomes), Number(m.outcome_auc)});
  if (!std::isnan(m.outcome_auc_low)) {
    numbers.Row(
        {"  95 % over problems", Number(m.outcome_auc_low) + " to " + Number(m.outcome_auc_high)});
  }
  if (!std::isnan(m.within_problem_auc)) {
    numbers.Row({"  between solutions of one problem", Number(m.within_problem_auc)});
  }
  if (!std::isnan(m.exact_auc)) numbers.Row({"AUC against exact steps", Number(m.exact_auc)});
  numbers.Row(
      {"loss (before calibration)", Number(m.loss) + " (" + Number(m.loss_uncalibrated) + ")"});
  numbers.Row(
      {"calibration error (before)", Number(m.ece) + " (" + Number(m.ece_uncalibrated) + ")"});
  numbers.Row({fmt::format("accuracy at {:.2f}", m.threshold), Number(m.accuracy)});
  numbers.Row({"precision / recall", Number(m.precision) + " / " + Number(m.recall)});
  numbers.Row({"F1 / specificity", Number(m.f1) + " / " + Number(m.specificity)});
  numbers.Row({"right called right / wrong",
               fmt::format("{} / {}", m.confusion.true_positive, m.confusion.false_negative)});
  numbers.Row({"wrong called right / wrong",
               fmt::format("{} / {}", m.confusion.false_positive, m.confusion.true_negative)});

  Table depths({{"depth", Align::kRight},
                {"steps", Align::kRight},
                {"mean score", Align::kRight},
                {"share right", Align::kRight},
                {"AUC", Align::kRight}});
  for (const DepthRow& row : m.by_depth) {
    depths.Row({fmt::format("{}", row.depth), fmt::format("{}", row.steps), Number(row.mean_score),
                Number(row.positive_share), Number(row.auc)});
  }
  return numbers.Text() + "\n" + depths.Text();
}

}  // namespace pgts::reward
