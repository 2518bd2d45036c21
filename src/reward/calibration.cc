// SPDX-License-Identifier: Apache-2.0
#include "reward/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace pgts::reward {
namespace {

constexpr double kPull = 1e-2;  // weight of the squared distance to the identity, in examples

// slope, log_prob_slope, arithmetic_errors_slope, offset; and which of them are free to move.
constexpr size_t kValues = 4;
using Values = std::array<double, kValues>;
using Free = std::array<bool, kValues>;
constexpr Values kIdentity = {1, 0, 0, 0};

Calibration ToCalibration(const Values& v) {
  return {.slope = v[0], .log_prob_slope = v[1], .arithmetic_errors_slope = v[2], .offset = v[3]};
}

struct Data {
  std::span<const Evidence> evidence;
  std::span<const int> labels;

  Values Features(size_t i) const {
    return {evidence[i].logit, evidence[i].mean_log_prob,
            -static_cast<double>(evidence[i].arithmetic_errors), 1};
  }
};

// The penalised negative log-likelihood.
double Loss(const Data& data, const Values& at) {
  double loss = 0;
  for (size_t k = 0; k < at.size(); ++k) {
    loss += kPull / 2 * (at[k] - kIdentity[k]) * (at[k] - kIdentity[k]);
  }
  for (size_t i = 0; i < data.labels.size(); ++i) {
    const Values x = data.Features(i);
    const double z = std::inner_product(at.begin(), at.end(), x.begin(), 0.0);
    const double signed_z = data.labels[i] ? -z : z;
    loss +=
        signed_z > 0 ? signed_z + std::log1p(std::exp(-signed_z)) : std::log1p(std::exp(signed_z));
  }
  return loss;
}

// Solves a x = b by elimination; `a` is positive definite.
Values Solve(std::array<Values, kValues> a, Values b) {
  for (size_t k = 0; k < kValues; ++k) {
    for (size_t row = k + 1; row < kValues; ++row) {
      const double factor = a[row][k] / a[k][k];
      for (size_t column = k; column < kValues; ++column) a[row][column] -= factor * a[k][column];
      b[row] -= factor * b[k];
    }
  }
  Values x{};
  for (size_t k = kValues; k-- > 0;) {
    x[k] = b[k];
    for (size_t column = k + 1; column < kValues; ++column) x[k] -= a[k][column] * x[column];
    x[k] /= a[k][k];
  }
  return x;
}

// Newton's step at `at`, over the free values.
Values NewtonStep(const Data& data, const Values& at, const Free& free) {
  Values gradient{};
  std::array<Values, kValues> hessian{};
  for (size_t k = 0; k < kValues; ++k) {
    gradient[k] = kPull * (at[k] - kIdentity[k]);
    hessian[k][k] = kPull;
  }
  for (size_t i = 0; i < data.labels.size(); ++i) {
    const Values x = data.Features(i);
    const double p = ToCalibration(at).Score(data.evidence[i]);
    const double curvature = std::max(p * (1 - p), 1e-12);
    for (size_t k = 0; k < kValues; ++k) {
      gradient[k] += (p - data.labels[i]) * x[k];
      for (size_t l = 0; l < kValues; ++l) hessian[k][l] += curvature * x[k] * x[l];
    }
  }
  for (size_t k = 0; k < kValues; ++k) {
    if (free[k]) continue;
    gradient[k] = 0;
    for (size_t l = 0; l < kValues; ++l) hessian[k][l] = hessian[l][k] = 0;
    hessian[k][k] = 1;
  }
  return Solve(hessian, gradient);
}

struct Fit {
  Values values;
  double loss = std::numeric_limits<double>::infinity();
};

Fit Minimise(const Data& data, Values start, const Free& free) {
  Fit fit{start, Loss(data, start)};
  for (int i = 0; i < 50; ++i) {
    const Values step = NewtonStep(data, fit.values, free);
    Fit next;
    for (double share = 1; share > 1e-6 && !(next.loss <= fit.loss); share /= 2) {
      for (size_t k = 0; k < kValues; ++k) next.values[k] = fit.values[k] - share * step[k];
      next.loss = Loss(data, next.values);
    }
    if (!(next.loss < fit.loss - 1e-10 * fit.loss)) break;
    fit = next;
  }
  return fit;
}

}  // namespace

double Calibration::Score(const Evidence& evidence) const {
  const double z = slope * evidence.logit + log_prob_slope * evidence.mean_log_prob -
                   arithmetic_errors_slope * evidence.arithmetic_errors + offset;
  return 1 / (1 + std::exp(-z));
}

bool Calibration::InOrder() const {
  return slope >= 0 && log_prob_slope >= 0 && arithmetic_errors_slope >= 0 &&
         slope + log_prob_slope + arithmetic_errors_slope > 0;
}

Calibration FitCalibration(std::span<const Evidence> evidence, std::span<const int> labels) {
  const auto positive = std::count(labels.begin(), labels.end(), 1);
  if (positive == 0 || positive == static_cast<std::ptrdiff_t>(labels.size())) return {};
  const Data data{evidence, labels};
  const bool has_log_probs =
      std::ranges::any_of(evidence, [](const Evidence& e) { return e.mean_log_prob != 0; });
  const bool has_errors =
      std::ranges::any_of(evidence, [](const Evidence& e) { return e.arithmetic_errors; });
  Fit best{kIdentity};
  // Every choice of predictors: one that is left out has no say, nor has a choice out of order.
  for (unsigned choice = 1; choice < 8; ++choice) {
    const bool logit = choice & 1, log_prob = choice & 2, errors = choice & 4;
    if ((log_prob && !has_log_probs) || (errors && !has_errors)) continue;
    const Values start = {logit ? 1.0 : 0, !logit && log_prob ? 1.0 : 0, 0, 0};
    const Fit fit = Minimise(data, start, {logit, log_prob, errors, true});
    if (ToCalibration(fit.values).InOrder() && fit.loss < best.loss) best = fit;
  }
  return ToCalibration(best.values);
}

}  // namespace pgts::reward
