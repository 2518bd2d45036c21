// SPDX-License-Identifier: Apache-2.0
#include "reward/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace pgts::reward {
namespace {

constexpr double kPull = 1e-2;  // weight of the squared distance to the identity, in examples

// slope, log_prob_slope, offset; and which of them are free to move.
using Values = std::array<double, 3>;
using Free = std::array<bool, 3>;
constexpr Values kIdentity = {1, 0, 0};

Calibration ToCalibration(const Values& v) {
  return {.slope = v[0], .log_prob_slope = v[1], .offset = v[2]};
}

struct Data {
  std::span<const Evidence> evidence;
  std::span<const int> labels;

  Values Features(size_t i) const { return {evidence[i].logit, evidence[i].mean_log_prob, 1}; }
};

// The penalised negative log-likelihood.
double Loss(const Data& data, const Values& at) {
  double loss = 0;
  for (size_t k = 0; k < at.size(); ++k) {
    loss += kPull / 2 * (at[k] - kIdentity[k]) * (at[k] - kIdentity[k]);
  }
  for (size_t i = 0; i < data.labels.size(); ++i) {
    const Values x = data.Features(i);
    const double z = at[0] * x[0] + at[1] * x[1] + at[2];
    const double signed_z = data.labels[i] ? -z : z;
    loss +=
        signed_z > 0 ? signed_z + std::log1p(std::exp(-signed_z)) : std::log1p(std::exp(signed_z));
  }
  return loss;
}

// Solves a x = b by elimination; `a` is positive definite.
Values Solve(std::array<Values, 3> a, Values b) {
  for (size_t k = 0; k < 3; ++k) {
    for (size_t row = k + 1; row < 3; ++row) {
      const double factor = a[row][k] / a[k][k];
      for (size_t column = k; column < 3; ++column) a[row][column] -= factor * a[k][column];
      b[row] -= factor * b[k];
    }
  }
  Values x{};
  for (size_t k = 3; k-- > 0;) {
    x[k] = b[k];
    for (size_t column = k + 1; column < 3; ++column) x[k] -= a[k][column] * x[column];
    x[k] /= a[k][k];
  }
  return x;
}

// Newton's step at `at`, over the free values.
Values NewtonStep(const Data& data, const Values& at, const Free& free) {
  Values gradient{};
  std::array<Values, 3> hessian{};
  for (size_t k = 0; k < 3; ++k) {
    gradient[k] = kPull * (at[k] - kIdentity[k]);
    hessian[k][k] = kPull;
  }
  for (size_t i = 0; i < data.labels.size(); ++i) {
    const Values x = data.Features(i);
    const double p = ToCalibration(at).Score(data.evidence[i]);
    const double curvature = std::max(p * (1 - p), 1e-12);
    for (size_t k = 0; k < 3; ++k) {
      gradient[k] += (p - data.labels[i]) * x[k];
      for (size_t l = 0; l < 3; ++l) hessian[k][l] += curvature * x[k] * x[l];
    }
  }
  for (size_t k = 0; k < 3; ++k) {
    if (free[k]) continue;
    gradient[k] = 0;
    for (size_t l = 0; l < 3; ++l) hessian[k][l] = hessian[l][k] = 0;
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
      for (size_t k = 0; k < 3; ++k) next.values[k] = fit.values[k] - share * step[k];
      next.loss = Loss(data, next.values);
    }
    if (!(next.loss < fit.loss - 1e-10 * fit.loss)) break;
    fit = next;
  }
  return fit;
}

}  // namespace

double Calibration::Score(const Evidence& evidence) const {
  const double z = slope * evidence.logit + log_prob_slope * evidence.mean_log_prob + offset;
  return 1 / (1 + std::exp(-z));
}

Calibration FitCalibration(std::span<const Evidence> evidence, std::span<const int> labels) {
  const auto positive = std::count(labels.begin(), labels.end(), 1);
  if (positive == 0 || positive == static_cast<std::ptrdiff_t>(labels.size())) return {};
  const Data data{evidence, labels};
  const bool known =
      std::ranges::any_of(evidence, [](const Evidence& e) { return e.mean_log_prob != 0; });
  Fit best{kIdentity};
  const auto consider = [&](const Fit& fit) {
    const auto& [slope, log_prob_slope, offset] = fit.values;
    const bool in_order = slope >= 0 && log_prob_slope >= 0 && slope + log_prob_slope > 0;
    if (in_order && fit.loss < best.loss) best = fit;
  };
  consider(Minimise(data, kIdentity, {true, false, true}));
  if (known) {
    consider(Minimise(data, kIdentity, {true, true, true}));
    consider(Minimise(data, {0, 1, 0}, {false, true, true}));
  }
  return ToCalibration(best.values);
}

}  // namespace pgts::reward
