// SPDX-License-Identifier: Apache-2.0
#include "reward/calibration.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace pgts::reward {
namespace {

constexpr double kPull = 1e-2;  // weight of the squared distance to the identity, in examples

// Gradient and Hessian of the penalised negative log-likelihood.
struct Quadratic {
  double g_slope = 0, g_offset = 0;
  double h_slope = kPull, h_both = 0, h_offset = kPull;
};

Quadratic Expand(const Calibration& at, std::span<const double> logits,
                 std::span<const int> labels) {
  Quadratic q;
  q.g_slope = kPull * (at.slope - 1);
  q.g_offset = kPull * at.offset;
  for (size_t i = 0; i < logits.size(); ++i) {
    const double p = at.Score(logits[i]);
    const double error = p - labels[i];
    const double curvature = std::max(p * (1 - p), 1e-12);
    q.g_slope += error * logits[i];
    q.g_offset += error;
    q.h_slope += curvature * logits[i] * logits[i];
    q.h_both += curvature * logits[i];
    q.h_offset += curvature;
  }
  return q;
}

double Loss(const Calibration& at, std::span<const double> logits, std::span<const int> labels) {
  double loss = kPull / 2 * ((at.slope - 1) * (at.slope - 1) + at.offset * at.offset);
  for (size_t i = 0; i < logits.size(); ++i) {
    const double z = at.slope * logits[i] + at.offset;
    const double signed_z = labels[i] ? -z : z;
    loss += signed_z > 0 ? signed_z + std::log1p(std::exp(-signed_z)) : std::log1p(std::exp(signed_z));
  }
  return loss;
}

}  // namespace

double Calibration::Score(double logit) const {
  return 1 / (1 + std::exp(-(slope * logit + offset)));
}

Calibration FitCalibration(std::span<const double> logits, std::span<const int> labels) {
  const auto positive = std::count(labels.begin(), labels.end(), 1);
  if (positive == 0 || positive == static_cast<std::ptrdiff_t>(labels.size())) return {};
  Calibration fit;
  double loss = Loss(fit, logits, labels);
  for (int i = 0; i < 50; ++i) {
    const Quadratic q = Expand(fit, logits, labels);
    const double determinant = q.h_slope * q.h_offset - q.h_both * q.h_both;
    const double d_slope = (q.h_offset * q.g_slope - q.h_both * q.g_offset) / determinant;
    const double d_offset = (q.h_slope * q.g_offset - q.h_both * q.g_slope) / determinant;
    Calibration next;
    double next_loss = loss;
    double step = 1;  // halved until the loss falls
    do {
      next = {fit.slope - step * d_slope, fit.offset - step * d_offset};
      next_loss = Loss(next, logits, labels);
      step /= 2;
    } while (!(next_loss <= loss) && step > 1e-6);
    if (!(next_loss < loss - 1e-10 * loss)) break;
    fit = next;
    loss = next_loss;
  }
  return fit.slope > 0 ? fit : Calibration{};
}

}  // namespace pgts::reward
