// SPDX-License-Identifier: Apache-2.0
// From what is known of a path to a probability that means what it says: logistic regression (for
// one predictor: Platt, "Probabilistic outputs for support vector machines", 1999).
//   score = 1 / (1 + exp(-(logit * judge's logit + mean_log_prob * path's mean log-probability
//                           + least_log_prob * its least step's
//                           - wrong_equations * count - unused_numbers * count + offset)))
// The head's logit says what the judge makes of the text; the log-probabilities under the generator
// say how sure the writer was of it, on the whole and where it was least sure, and come free with
// every step. They are means over tokens: a sum falls with every token, so that it calls long and
// deep paths wrong, and hardly tells the solutions of one problem apart. Errors are those that show
// without knowing the answer (task/arithmetic_errors.h). All slopes are >= 0: more belief never
// means a lower score. The identity is logit 1, the rest 0.
//
// Four regressions, each fitted on its own kind of path:
//   inner     the label is "some completion is right"
//   terminal  the label is the grade: whether to stop is decided on these scores
//   written   by the generator
//   given     from elsewhere (a user's solution, a file): how likely the generator would have been
//   to
//             write it is no evidence of its truth, so log-probabilities have no say
#pragma once

#include <span>

#include "world/step_scorer.h"

namespace pgts::reward {

struct Evidence {
  double logit = 0;  // the head's logit(1) - logit(0) at the step's last token
  world::PathEvidence path;
};

struct Logistic {
  double logit = 1;
  double mean_log_prob = 0;
  double least_log_prob = 0;
  double wrong_equations = 0;
  double unused_numbers = 0;
  double offset = 0;

  double Score(const Evidence& evidence) const;
  bool InOrder() const;  // no slope below 0, and one above
  bool operator==(const Logistic&) const = default;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("logit", logit);
    v("mean_log_prob", mean_log_prob);
    v("least_log_prob", least_log_prob);
    v("wrong_equations", wrong_equations);
    v("unused_numbers", unused_numbers);
    v("offset", offset);
  }
};

struct Calibration {
  Logistic written_inner, written_terminal, given_inner, given_terminal;

  const Logistic& For(const world::PathEvidence& path) const;
  double Score(const Evidence& evidence) const { return For(evidence.path).Score(evidence); }
  bool InOrder() const;
  bool operator==(const Calibration&) const = default;

  template <class Visitor>
  void Visit(Visitor& v) {
    v("written_inner", written_inner);
    v("written_terminal", written_terminal);
    v("given_inner", given_inner);
    v("given_terminal", given_terminal);
  }
};

// The maximum-likelihood values by Newton's method, with a weak pull towards the identity (so that
// separable labels end at finite values). A predictor that would get a slope below 0 is left
// out; the identity where a class is missing or no predictor helps.
Logistic FitLogistic(std::span<const Evidence> evidence, std::span<const int> labels);

// All four. A kind of path with fewer than 20 labels of either class is fitted on the steps of
// every place; one that nobody wrote, without log-probabilities.
Calibration FitCalibration(std::span<const Evidence> evidence, std::span<const int> labels);

}  // namespace pgts::reward
