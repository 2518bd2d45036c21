// SPDX-License-Identifier: Apache-2.0
#include "eval/setting_runner.h"

#include <limits>
#include <memory>
#include <utility>

#include "base/log.h"

namespace pgts::eval {
namespace {

using search::Needs;

constexpr int kNoLimitOnNodes = 1'000'000;

}  // namespace

bool SettingRunner::CanServe(const search::Method& method) const {
  if (method.needs == Needs::kGreedyPolicy && parts_.greedy == nullptr) return false;
  if (method.needs == Needs::kSampledPolicy && parts_.sampled == nullptr) return false;
  if (method.worlds == search::Worlds::kGreedyFirst && !environment_.GreedyFirst()) return false;
  return method.needs == Needs::kWorld || environment_.has_scorer;
}

tree::Limits SettingRunner::LimitsOf(const search::Setting& setting, int64_t cap) const {
  tree::Limits limits = parts_.limits;
  if (cap > 0) limits.max_tokens = cap;
  if (!setting.chooses_actions) limits.max_width = parts_.max_width;
  const bool runs_own = setting.keeps_max_nodes || (setting.chooses_actions && cap == 0);
  if (runs_own) return limits;
  // A step has a token at least: a cap ends the search first.
  limits.max_nodes = cap > 0 ? static_cast<int>(cap) : kNoLimitOnNodes;
  limits.max_actions = 0;
  return limits;
}

MethodResult SettingRunner::Run(const search::Method& method, const Option& option,
                                const ProblemSet& problems, int64_t seed,
                                decltype(MethodRun::on_result) on_result) const {
  const search::Setting& setting = method.candidates[option.candidate];
  const std::unique_ptr<search::Searcher> searcher = setting.make({.rounds = &environment_.rounds,
                                                                   .greedy = parts_.greedy,
                                                                   .sampled = parts_.sampled,
                                                                   .scores = environment_.scores});
  const bool asks_policy =
      method.needs == Needs::kGreedyPolicy || method.needs == Needs::kSampledPolicy;
  return RunMethod(environment_,
                   {.method = std::string(method.name),
                    .setting = setting.text,
                    .searcher = searcher.get(),
                    .worlds = environment_.WorldsOf(method.worlds),
                    .split = problems.split,
                    .problems = problems.indices,
                    .epoch = problems.epoch,
                    .limits = LimitsOf(setting, option.cap),
                    .draw = Key("search").With(static_cast<uint64_t>(seed)).With(method.name),
                    .mean_over_chains = method.counting == search::Counting::kEachChain,
                    .policy_parameters = asks_policy ? parts_.policy_parameters : 0,
                    .on_result = std::move(on_result)});
}

Tried SettingRunner::Try(const search::Method& method, const Option& option,
                         const ProblemSet& problems, int64_t seed) const {
  const MethodResult result = Run(method, option, problems, seed);
  Tried tried{.option = option,
              .correct = result.Correct(),
              .tokens = result.Values(&ProblemRecord::tokens)};
  for (size_t i = 0; i < result.records.size(); ++i) {
    if (!result.records[i].recorded) {
      tried.correct[i] = std::numeric_limits<double>::quiet_NaN();
    }
  }
  Debug("{} tried with {}, cap {}: accuracy {:.3f}, {:.1f} tokens", method.name, result.setting,
        option.cap, Mean(tried.correct), Mean(tried.tokens));
  return tried;
}

std::vector<Outcome> SettingRunner::TryEach(const search::Method& method,
                                            const ProblemSet& problems) const {
  std::vector<Tried> tried;
  for (size_t i = 0; i < method.candidates.size(); ++i) {
    tried.push_back(Try(method, {.candidate = i}, problems));
  }
  return OutcomesOf(tried, std::string(method.name)).of;
}

}  // namespace pgts::eval
