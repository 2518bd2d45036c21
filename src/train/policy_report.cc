// SPDX-License-Identifier: Apache-2.0
#include "train/policy_report.h"

#include <fmt/format.h>

#include "base/log.h"

namespace pgts::train {
namespace {

struct RolloutMeans {
  double accuracy = 0, answered = 0, tokens = 0, computed = 0, nodes = 0, decisions = 0;
};

RolloutMeans MeansOf(std::span<const Rollout> rollouts) {
  RolloutMeans means;
  const double n = static_cast<double>(rollouts.size());
  for (const Rollout& rollout : rollouts) {
    means.accuracy += rollout.trajectory.correct.value_or(false) / n;
    means.answered += rollout.result.answer.has_value() / n;
    means.tokens += static_cast<double>(rollout.result.charges.tokens) / n;
    means.computed += static_cast<double>(rollout.result.charges.computed_tokens) / n;
    means.nodes += rollout.result.nodes / n;
    means.decisions += static_cast<double>(rollout.trajectory.steps.size()) / n;
  }
  return means;
}

}  // namespace

std::vector<std::string> CollapseSigns(const policy::PpoStats& stats, double answered) {
  std::vector<std::string> signs;
  for (tree::Action action : tree::kActions) {
    const double share = stats.action_mix[static_cast<int>(action)];
    if (share > 0.95) {
      signs.push_back(fmt::format("{:.0f} % of all decisions are {}", 100 * share, Name(action)));
    }
  }
  if (stats.unforced > 0 && stats.entropy < 0.01) {
    signs.push_back(
        fmt::format("the policy no longer explores (entropy {:.4f} nats); raise "
                    "policy_training.entropy_coeff",
                    stats.entropy));
  }
  if (answered < 0.3) {
    signs.push_back(
        fmt::format("only {:.0f} % of the searches end with an answer; raise "
                    "search.max_nodes or search.max_depth",
                    100 * answered));
  }
  return signs;
}

PolicyReport::PolicyReport(const session::RunFolder& folder, int64_t metrics_length,
                           int64_t events_length)
    : metrics_(folder.Metrics(), metrics_length), events_(folder.path, events_length) {}

void PolicyReport::Sync() {
  metrics_.Sync();
  events_.Sync();
}

void PolicyReport::Write(int step, const std::string& kind, const Json& values) {
  Json line = {{"kind", kind}, {"iteration", step}};
  line.update(values);
  metrics_.Write(line);
  for (const auto& [name, value] : values.items()) {
    if (value.is_number()) events_.Scalar(kind + "/" + name, value.get<double>(), step);
  }
  events_.Flush();
}

void PolicyReport::Iteration(const IterationReport& report) {
  const RolloutMeans means = MeansOf(report.rollouts);
  const policy::PpoStats& s = report.stats;
  Json values = {{"accuracy", means.accuracy},
                 {"answered", means.answered},
                 {"return", s.return_mean},
                 {"tokens", means.tokens},
                 {"computed_tokens", means.computed},
                 {"nodes", means.nodes},
                 {"decisions", means.decisions},
                 {"policy_loss", s.policy_loss},
                 {"value_loss", s.value_loss},
                 {"entropy", s.entropy},
                 {"explained_variance", s.explained_variance},
                 {"approximate_kl", s.approximate_kl},
                 {"clip_fraction", s.clip_fraction},
                 {"gradient_norm", s.gradient_norm},
                 {"first_max_log_ratio", s.first_max_log_ratio},
                 {"rollout_seconds", report.rollout_seconds},
                 {"update_seconds", report.update_seconds}};
  for (tree::Action action : tree::kActions) {
    values["share_" + std::string(Name(action))] = s.action_mix[static_cast<int>(action)];
  }
  Write(report.iteration, "policy", values);
  note_ = fmt::format("accuracy {:.2f}, return {:.2f}", means.accuracy, s.return_mean);
  Debug(
      "iteration {}: accuracy {:.3f} answered {:.2f} return {:.2f} tokens {:.1f} entropy {:.3f} "
      "kl {:.4f} clip {:.3f} explained variance {:.2f} policy loss {:.4f} value loss {:.4f} mix "
      "{:.2f}/{:.2f}/{:.2f}/{:.2f} rollouts {:.2f} s update {:.2f} s",
      report.iteration, means.accuracy, means.answered, s.return_mean, means.tokens, s.entropy,
      s.approximate_kl, s.clip_fraction, s.explained_variance, s.policy_loss, s.value_loss,
      s.action_mix[0], s.action_mix[1], s.action_mix[2], s.action_mix[3], report.rollout_seconds,
      report.update_seconds);
  WarnOfCollapse(s, means.answered);
}

void PolicyReport::WarnOfCollapse(const policy::PpoStats& stats, double answered) {
  const std::vector<std::string> signs = CollapseSigns(stats, answered);
  if (!signs.empty() && !warned_) {
    for (const std::string& sign : signs) Warn("training may be collapsing: {}", sign);
  }
  warned_ = !signs.empty();
}

void PolicyReport::Validation(const ValidationReport& report) {
  Write(report.iteration, "validation",
        {{"accuracy", report.reading.accuracy},
         {"tokens", report.reading.tokens},
         {"return", report.reading.mean_return},
         {"answered", report.reading.answered},
         {"cot_accuracy", report.cot.accuracy},
         {"cot_tokens", report.cot.tokens},
         {"heuristic_accuracy", report.teacher.accuracy},
         {"heuristic_tokens", report.teacher.tokens}});
  Info(
      "iteration {}: validation accuracy {:.3f} for {:.1f} tokens, return {:.2f} (sampled CoT "
      "{:.3f}, heuristic {:.3f}){}",
      report.iteration, report.reading.accuracy, report.reading.tokens, report.reading.mean_return,
      report.cot.accuracy, report.teacher.accuracy, report.best ? ", best so far" : "");
  if (report.reading.accuracy < report.cot.accuracy - 0.05) {
    Warn(
        "the policy is below plain sampled CoT on validation problems: look at the action mix and "
        "the reward model's step AUC");
  }
}

}  // namespace pgts::train
