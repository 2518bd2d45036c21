// SPDX-License-Identifier: Apache-2.0
#include "reward/gate.h"

#include <fmt/ranges.h>

#include <cmath>
#include <utility>

#include "base/error.h"
#include "base/log.h"

namespace pgts::reward {

// Conditions are written as !(x >= limit), so that NaN (nothing was measured) fails too.
namespace {

Check ExtractionCheck(const GateReading& reading, const GateOptions& options) {
  Check check{
      .name = "extractable answers",
      .reading = fmt::format("{:.1f} % of rollouts (at least {:.0f} %)",
                             100 * reading.extraction_rate, 100 * options.min_extraction_rate)};
  if (!(reading.extraction_rate >= options.min_extraction_rate)) {
    check.problem = fmt::format(
        "only {:.0f} % of the rollouts state an answer that can be read (at least {:.0f} % "
        "needed): the prompt does not make this generator end with '#### <answer>'; try another "
        "prompt kind (--prompt), a larger max_depth or an instruction-tuned model",
        100 * reading.extraction_rate, 100 * options.min_extraction_rate);
  }
  return check;
}

Check CutOffCheck(const GateReading& reading, const GateOptions& options) {
  Check check{.name = "steps cut off",
              .reading = fmt::format("{:.1f} % of steps (at most {:.0f} %)",
                                     100 * reading.cut_off_rate, 100 * options.max_cut_off_rate)};
  if (!(reading.cut_off_rate <= options.max_cut_off_rate)) {
    check.problem = fmt::format(
        "{:.0f} % of the steps were cut off at max_new_tokens = {} (at most {:.0f} % allowed): "
        "raise max_new_tokens, or check that the generator separates its steps by the separator",
        100 * reading.cut_off_rate, reading.max_new_tokens, 100 * options.max_cut_off_rate);
  }
  return check;
}

Check RightCheck(const GateReading& reading, const GateOptions& options) {
  Check check{.name = "right rollouts",
              .reading = fmt::format("{:.1f} % of rollouts (at least {:.1f} %)",
                                     100 * reading.right_share, 100 * options.min_right_share)};
  if (!(reading.right_share >= options.min_right_share)) {
    check.problem = fmt::format(
        "only {:.1f} % of the rollouts are right (at least {:.1f} % needed): this task is too hard "
        "for the generator, or its answers are read wrongly; look at a few with `pgts solve`",
        100 * reading.right_share, 100 * options.min_right_share);
  }
  return check;
}

}  // namespace

std::vector<Check> GeneratorChecks(const GateReading& reading, const GateOptions& options) {
  return {ExtractionCheck(reading, options), CutOffCheck(reading, options),
          RightCheck(reading, options)};
}

Check StepAucCheck(double step_auc, const GateOptions& options) {
  Check check{.name = "step AUC",
              .reading = fmt::format("{:.3f} (at least {:.2f})", step_auc, options.min_step_auc)};
  if (std::isnan(step_auc)) {
    check.problem =
        "held-out steps are all right or all wrong, so that no reward model can be measured: raise "
        "reward_data.validation_problems, or take problems of another difficulty";
    return check;
  }
  if (!(step_auc >= options.min_step_auc)) {
    check.problem = fmt::format(
        "the reward model tells right steps from wrong ones with step AUC {:.2f} (at least {:.2f} "
        "needed; 0.50 is chance): give it more train_problems, epochs or another learning_rate",
        step_auc, options.min_step_auc);
  }
  return check;
}

std::vector<std::string> GateProblems(const GateReading& reading, const GateOptions& options) {
  std::vector<Check> checks;
  if (!std::isnan(reading.extraction_rate)) checks = GeneratorChecks(reading, options);
  checks.push_back(StepAucCheck(reading.step_auc, options));
  std::vector<std::string> problems;
  for (Check& check : checks) {
    if (!check.passed()) problems.push_back(std::move(check.problem));
  }
  return problems;
}

void PassGate(const GateReading& reading, const GateOptions& options) {
  if (std::isnan(reading.extraction_rate)) {
    Info("gate: no rollouts to judge the generator by; step AUC {:.3f}", reading.step_auc);
  } else {
    Info(
        "gate: {:.1f} % of rollouts state an answer, {:.1f} % are right, {:.1f} % of steps cut "
        "off, "
        "step AUC {:.3f}",
        100 * reading.extraction_rate, 100 * reading.right_share, 100 * reading.cut_off_rate,
        reading.step_auc);
  }
  const std::vector<std::string> problems = GateProblems(reading, options);
  if (problems.empty()) return;
  const std::string text = fmt::format("{}", fmt::join(problems, "; "));
  if (options.gate != "warn") {
    throw Error::Format("phase 2 cannot start: {} (--set gate.gate=warn goes on all the same)",
                        text);
  }
  Warn("phase 2 starts although {}", text);
}

}  // namespace pgts::reward
