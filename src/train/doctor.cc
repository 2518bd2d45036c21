// SPDX-License-Identifier: Apache-2.0
#include "train/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/table.h"
#include "eval/anatomy.h"
#include "eval/comparison_files.h"
#include "eval/evaluate.h"
#include "labels/corruption.h"
#include "labels/data_builder.h"
#include "labels/monte_carlo.h"
#include "policy/network_policy.h"
#include "reward/diagnosis.h"
#include "reward/judge_solutions.h"
#include "session/policy_wiring.h"
#include "session/reward_wiring.h"

namespace pgts::train {
namespace {

constexpr int kCorruptionsPerProblem = 2;

class Doctor {
 public:
  Doctor(const session::RunConfig& config, session::Session& session, const DoctorRequest& request)
      : config_(config), session_(session), request_(request) {}

  Diagnosis Run() {
    const labels::RolloutData rollouts = Rollouts();
    LookAtGenerator(rollouts.stats);
    if (request_.reward_model.empty()) return std::move(diagnosis_);
    session::LoadedRewardModel loaded =
        session::LoadRewardModel(config_, session_, request_.reward_model);
    LookAtRewardModel(loaded, rollouts.solutions);
    LookAtCorruptions(loaded);
    session_.SetScorer(std::move(loaded.scorer), config_.reward_base.device);
    LookAtSearch();
    if (!request_.policy.empty()) LookAtPolicy();
    return std::move(diagnosis_);
  }

 private:
  void Note(const char* part, std::vector<reward::Check> checks) {
    for (reward::Check& check : checks) diagnosis_.findings.push_back({part, std::move(check)});
  }

  // Those of phase 1 where it has made them: then they are read back. Without a reward model no
  // step needs a label, hence no completions.
  labels::RolloutData Rollouts() {
    labels::RolloutPlan plan = labels::HeldOutPlan(config_.reward_data, world::kPhaseOneEpoch);
    const int64_t size = session_.task().Size(plan.split);
    if (size == 0) {
      throw Error::Format("task {} has no validation problems to look at", session_.task().name());
    }
    plan.problems = std::min<int64_t>(request_.problems, size);
    plan.label = "looking at the generator";
    if (request_.reward_model.empty()) plan.completions = 1;
    return labels::SampleRollouts({.rounds = session_.rounds(),
                                   .worlds = session_.sampled(),
                                   .task = session_.task(),
                                   .before_chunk = [&] { session_.Forget(); }},
                                  plan);
  }

  void LookAtGenerator(const labels::RolloutStats& stats) {
    const reward::GateReading reading{.extraction_rate = stats.ExtractionRate(),
                                      .cut_off_rate = stats.CutOffRate(),
                                      .right_share = stats.RightShare(),
                                      .max_new_tokens = config_.generator.max_new_tokens};
    Note("generator", reward::GeneratorChecks(reading, config_.gate));
    diagnosis_.numbers["rollouts"] = labels::ToJson(stats);
  }

  void LookAtRewardModel(session::LoadedRewardModel& loaded,
                         std::span<const labels::LabelledSolution> solutions) {
    std::vector<reward::ScoredStep> steps;
    for (const auto& judged : reward::JudgeSolutions(*loaded.scorer, solutions)) {
      steps.insert(steps.end(), judged.begin(), judged.end());
    }
    const reward::Calibration& calibration = loaded.model.calibration;
    reward::RewardMetrics metrics = reward::Measure(steps, calibration, loaded.model.threshold);
    metrics.words_auc = loaded.model.metrics.words_auc;
    metrics.corruption_words_auc = loaded.model.metrics.corruption_words_auc;
    Note("reward model", reward::RewardModelChecks(steps, metrics, calibration, config_.gate));
    Note("reward model", {reward::WordsCheck(loaded.model.metrics),
                          reward::CorruptionStyleCheck(loaded.model.metrics)});
    diagnosis_.numbers["reward_model"] = reward::ToJson(metrics);
  }

  // Each damaged solution stands behind its reference. Those that the context does not hold are
  // left out.
  void LookAtCorruptions(session::LoadedRewardModel& loaded) {
    std::vector<labels::LabelledSolution> solutions;
    std::vector<reward::CorruptionPair> pairs;
    const labels::StepFormat format{.tokenizer = session_.generator().tokenizer(),
                                    .task = session_.task(),
                                    .answer_has_separator = loaded.model.answer_has_separator};
    const int64_t context = session_.generator().context();
    const int64_t size = session_.task().Size(task::Split::kValidation);
    for (int64_t i = 0; i < std::min<int64_t>(request_.problems, size); ++i) {
      const task::Problem problem = session_.task().Get(task::Split::kValidation, i);
      const llm::PrefixPtr prompt = session_.sampled().Prompt(problem, world::kPhaseOneEpoch);
      const std::vector<labels::LabelledSolution> labelled = labels::LabelCorruptions(
          problem, {kCorruptionsPerProblem, Key("doctor").With(problem.id)},
          llm::PathTokens(*prompt), format);
      for (size_t k = 1; k < labelled.size(); ++k) {
        if (std::max(labels::TokenCount(labelled[0]), labels::TokenCount(labelled[k])) > context) {
          continue;
        }
        pairs.push_back({.wrong_step = labels::FirstWrong(labelled[k])});
        solutions.push_back(labelled[0]);
        solutions.push_back(labelled[k]);
      }
    }
    JudgeFresh(loaded, solutions, pairs);
    const reward::CorruptionReading reading =
        reward::ReadCorruptions(pairs, loaded.model.calibration);
    Note("reward model", reward::CorruptionChecks(reading));
    diagnosis_.numbers["corruptions"] = {{"pairs", reading.pairs},
                                         {"falls", reading.falls},
                                         {"stays_down", reading.stays_down},
                                         {"before", reading.before},
                                         {"reference", reading.reference},
                                         {"at", reading.at},
                                         {"last", reading.last}};
  }

  void JudgeFresh(session::LoadedRewardModel& loaded,
                  std::vector<labels::LabelledSolution>& solutions,
                  std::vector<reward::CorruptionPair>& pairs) {
    if (pairs.empty()) return;
    auto judged = reward::JudgeSolutions(*loaded.scorer, solutions);
    for (size_t i = 0; i < pairs.size(); ++i) {
      pairs[i].reference = std::move(judged[2 * i]);
      pairs[i].damaged = std::move(judged[2 * i + 1]);
    }
  }

  void LookAtSearch() {
    eval::EvalSettings settings = config_.eval;
    settings.split = "validation";
    settings.limit = request_.problems;
    settings.tuning_problems = request_.problems;
    const eval::Comparison comparison = eval::Evaluate(
        session_.environment(),
        {.eval = settings, .limits = session::ToLimits(config_.search), .seed = config_.run.seed});
    diagnosis_.numbers["search"] = eval::SummaryJson(comparison);
    Note("search", {VoteCheck(comparison), GreedyCheck(comparison)});
  }

  // The methods of LookAtSearch have grown what else there is to find in these worlds.
  void LookAtPolicy() {
    policy::NetworkPolicy policy(session::LoadPolicy(request_.policy, config_, session_),
                                 {.greedy = true});
    const eval::ProblemSet problems{
        .split = task::Split::kValidation,
        .indices =
            eval::FirstProblems(session_.task(), task::Split::kValidation, request_.problems)};
    const eval::Anatomy anatomy = eval::Dissect(
        session_.environment(),
        {.policy = &policy, .problems = problems, .limits = session::ToLimits(config_.search)});
    diagnosis_.numbers["policy"] = eval::ToJson(anatomy);
    diagnosis_.anatomy = eval::AnatomyText(anatomy);
  }

  struct Gain {
    std::string name;  // of the method
    Interval points = {.estimate = -1};

    std::string Text() const {
      return fmt::format("{}: {:+.1f} points, 95 % {:+.1f} to {:+.1f}", name, 100 * points.estimate,
                         100 * points.low, 100 * points.high);
    }
  };

  // The best of what a reward model guides, beside `other`.
  static Gain BestGain(const eval::Comparison& comparison, const char* other) {
    const eval::Column& column = comparison.columns.front();
    Gain best;
    for (const char* name :
         {"best_of_n_weighted", "sequential_best_of_n", "greedy_then_sample", "heuristic"}) {
      const eval::Point* point = column.Find(name);
      if (point == nullptr) continue;
      const Interval points = comparison.Difference(*point, *column.Find(other));
      if (points.estimate > best.points.estimate) best = {.name = name, .points = points};
    }
    return best;
  }

  static reward::Check VoteCheck(const eval::Comparison& comparison) {
    const Gain gain = BestGain(comparison, "self_consistency");
    reward::Check check{.name = "a heuristic gains over CoT at equal tokens",
                        .reading = gain.Text()};
    if (!(gain.points.low > 0)) {
      check.problem =
          "no search with this reward model is clearly better than chains of thought that vote, "
          "for the same tokens: a policy has nothing to learn from; mend the reward model first, "
          "or look at more problems (--limit) if the interval is wide";
    }
    return check;
  }

  // What one greedy chain gets, a search must beat.
  static reward::Check GreedyCheck(const eval::Comparison& comparison) {
    const Gain gain = BestGain(comparison, "cot_greedy");
    reward::Check check{.name = "a search gains over greedy decoding", .reading = gain.Text()};
    if (!(gain.points.low > 0)) {
      check.problem =
          "greedy decoding answers as well for a single chain's tokens, so that searching does not "
          "pay yet: the reward model tells too little beyond the generator's own likelihood, or "
          "the "
          "problems are too easy; look at more problems (--limit) if the interval is wide";
    }
    return check;
  }

  const session::RunConfig& config_;
  session::Session& session_;
  const DoctorRequest& request_;
  Diagnosis diagnosis_;
};

}  // namespace

bool Diagnosis::Healthy() const {
  return std::ranges::all_of(findings, [](const Finding& f) { return f.check.passed(); });
}

Diagnosis Examine(const session::RunConfig& config, session::Session& session,
                  const DoctorRequest& request) {
  return Doctor(config, session, request).Run();
}

std::string DiagnosisText(const Diagnosis& diagnosis) {
  Table table({{""}, {"looked at"}, {"found"}, {""}});
  for (const auto& [part, check] : diagnosis.findings) {
    table.Row({part, check.name, check.reading, check.passed() ? "ok" : "FIX"});
  }
  std::string text = table.Text() + "\n";
  if (!diagnosis.anatomy.empty()) text += diagnosis.anatomy + "\n";
  if (diagnosis.Healthy()) return text + "nothing to fix\n";
  text += "to fix:\n";
  for (const auto& [part, check] : diagnosis.findings) {
    if (!check.passed()) text += fmt::format("- {}: {}\n", part, check.problem);
  }
  return text;
}

Json ToJson(const Diagnosis& diagnosis) {
  Json findings = Json::array();
  for (const auto& [part, check] : diagnosis.findings) {
    findings.push_back({{"part", part},
                        {"name", check.name},
                        {"passed", check.passed()},
                        {"reading", check.reading},
                        {"problem", check.problem}});
  }
  return {{"healthy", diagnosis.Healthy()},
          {"findings", std::move(findings)},
          {"numbers", diagnosis.numbers}};
}

}  // namespace pgts::train
