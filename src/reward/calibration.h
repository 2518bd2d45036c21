// SPDX-License-Identifier: Apache-2.0
// From what is known of a path to a probability that means what it says: logistic regression (for
// one predictor: Platt, "Probabilistic outputs for support vector machines", 1999) on up to three
// predictors.
//   score = 1 / (1 + exp(-(slope * logit + log_prob_slope * mean_log_prob
//                           - arithmetic_errors_slope * arithmetic_errors + offset)))
// The head's logit says what the judge makes of the text; the path's log-probability under the
// generator says how sure the writer was of it, and comes free with every step. It is the mean over
// tokens: the sum falls with every token, so that it calls long and deep paths wrong, and hardly
// tells the solutions of one problem apart. A path whose log-probability
// is unknown is read as one of log-probability 0. Arithmetic errors are those that show without
// knowing the answer (task/arithmetic_errors.h). All slopes are >= 0: more belief never means a
// lower score. The identity is slope 1, the rest 0.
#pragma once

#include <span>

namespace pgts::reward {

struct Evidence {
  double logit = 0;  // the head's logit(1) - logit(0) at the step's last token
  // A token of the path's steps, natural log, at temperature 1. The sum has the end-of-text token's
  // where the generator wrote it; the count never has.
  double mean_log_prob = 0;
  int arithmetic_errors = 0;  // of the path
};

struct Calibration {
  double slope = 1;
  double log_prob_slope = 0;
  double arithmetic_errors_slope = 0;
  double offset = 0;

  double Score(const Evidence& evidence) const;
  bool InOrder() const;  // no slope below 0, and one above
  bool operator==(const Calibration&) const = default;
};

// The maximum-likelihood values by Newton's method, with a weak pull towards the identity (so that
// separable labels end at finite values). A predictor that would get a slope below 0 is left
// out; the identity where a class is missing or no predictor helps.
Calibration FitCalibration(std::span<const Evidence> evidence, std::span<const int> labels);

}  // namespace pgts::reward
