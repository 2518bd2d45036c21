// SPDX-License-Identifier: Apache-2.0
#include "reward/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

namespace pgts::reward {
namespace {

constexpr double kPull = 1e-2;  // weight of the squared distance to the identity, in examples

constexpr size_t kPredictors = 5;
constexpr size_t kLeastOfAClass = 20;  // labels that a regression of its own takes

// The slopes in the order of Logistic, then its offset; and which of them are free to move.
constexpr size_t kValues = kPredictors + 1;
using Values = std::array<double, kValues>;
using Free = std::array<bool, kValues>;
constexpr Values kIdentity = {1, 0, 0, 0, 0, 0};

Logistic ToLogistic(const Values& v) {
  return {.logit = v[0],
          .mean_log_prob = v[1],
          .least_log_prob = v[2],
          .wrong_equations = v[3],
          .unused_numbers = v[4],
          .offset = v[5]};
}

Values Features(const Evidence& evidence) {
  const world::PathEvidence& path = evidence.path;
  return {evidence.logit,
          path.mean_log_prob,
          path.least_log_prob,
          -static_cast<double>(path.wrong_equations),
          -static_cast<double>(path.unused_numbers),
          1};
}

struct Data {
  std::span<const Evidence> evidence;
  std::span<const int> labels;

  Values Row(size_t i) const { return Features(evidence[i]); }
};

// The penalised negative log-likelihood.
double Loss(const Data& data, const Values& at) {
  double loss = 0;
  for (size_t k = 0; k < at.size(); ++k) {
    loss += kPull / 2 * (at[k] - kIdentity[k]) * (at[k] - kIdentity[k]);
  }
  for (size_t i = 0; i < data.labels.size(); ++i) {
    const Values x = data.Row(i);
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
    const Values x = data.Row(i);
    const double p = ToLogistic(at).Score(data.evidence[i]);
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

// Rows of one kind of path.
struct Rows {
  std::vector<Evidence> evidence;
  std::vector<int> labels;

  void Add(const Evidence& one, int label) {
    evidence.push_back(one);
    labels.push_back(label);
  }
  bool Suffice() const {
    const auto right = static_cast<size_t>(std::ranges::count(labels, 1));
    return std::min(right, labels.size() - right) >= kLeastOfAClass;
  }
  Logistic Fit() const { return FitLogistic(evidence, labels); }
};

struct Places {
  Logistic inner, terminal;
};

Places FitPlaces(const Rows& all) {
  Rows inner, terminal;
  for (size_t i = 0; i < all.labels.size(); ++i) {
    Rows& rows = all.evidence[i].path.finished ? terminal : inner;
    rows.Add(all.evidence[i], all.labels[i]);
  }
  const Logistic pooled = all.Fit();
  return {.inner = inner.Suffice() ? inner.Fit() : pooled,
          .terminal = terminal.Suffice() ? terminal.Fit() : pooled};
}

}  // namespace

double Logistic::Score(const Evidence& evidence) const {
  const Values slopes = {logit,           mean_log_prob,  least_log_prob,
                         wrong_equations, unused_numbers, offset};
  const Values features = Features(evidence);
  const double z = std::inner_product(slopes.begin(), slopes.end(), features.begin(), 0.0);
  return 1 / (1 + std::exp(-z));
}

bool Logistic::InOrder() const {
  const std::array<double, kPredictors> slopes = {logit, mean_log_prob, least_log_prob,
                                                  wrong_equations, unused_numbers};
  return std::ranges::all_of(slopes, [](double slope) { return slope >= 0; }) &&
         std::ranges::any_of(slopes, [](double slope) { return slope > 0; });
}

const Logistic& Calibration::For(const world::PathEvidence& path) const {
  if (path.written) return path.finished ? written_terminal : written_inner;
  return path.finished ? given_terminal : given_inner;
}

bool Calibration::InOrder() const {
  return written_inner.InOrder() && written_terminal.InOrder() && given_inner.InOrder() &&
         given_terminal.InOrder();
}

Logistic FitLogistic(std::span<const Evidence> evidence, std::span<const int> labels) {
  const auto positive = std::count(labels.begin(), labels.end(), 1);
  if (positive == 0 || positive == static_cast<std::ptrdiff_t>(labels.size())) return {};
  const Data data{evidence, labels};
  Free varies{};  // predictors that are the same everywhere say nothing
  for (size_t i = 0; i < evidence.size(); ++i) {
    for (size_t k = 0; k < kPredictors; ++k) varies[k] |= data.Row(i)[k] != 0;
  }
  Fit best{kIdentity};
  // Every choice of predictors: one that is left out has no say, nor has a choice out of order.
  for (unsigned choice = 1; choice < (1U << kPredictors); ++choice) {
    Free free{};
    free.back() = true;
    Values start{};
    bool known = true;
    for (size_t k = 0; k < kPredictors; ++k) {
      free[k] = (choice >> k & 1U) != 0;
      known = known && (!free[k] || varies[k]);
    }
    if (!known) continue;
    start[0] = free[0] ? 1 : 0;
    const Fit fit = Minimise(data, start, free);
    if (ToLogistic(fit.values).InOrder() && fit.loss < best.loss) best = fit;
  }
  return ToLogistic(best.values);
}

Calibration FitCalibration(std::span<const Evidence> evidence, std::span<const int> labels) {
  Rows written, given;
  for (size_t i = 0; i < labels.size(); ++i) {
    Evidence one = evidence[i];
    if (one.path.written) written.Add(one, labels[i]);
    one.path.written = false;
    one.path.mean_log_prob = one.path.least_log_prob = 0;
    given.Add(one, labels[i]);
  }
  const Places of_given = FitPlaces(given);
  const Places of_written = written.labels.empty() ? of_given : FitPlaces(written);
  return {.written_inner = of_written.inner,
          .written_terminal = of_written.terminal,
          .given_inner = of_given.inner,
          .given_terminal = of_given.terminal};
}

}  // namespace pgts::reward
