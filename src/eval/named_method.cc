// SPDX-License-Identifier: Apache-2.0
#include "eval/named_method.h"

#include <fmt/format.h>

#include <memory>

#include "search/methods.h"

namespace pgts::eval {

MethodResult RunNamedMethod(const Environment& environment, const NamedMethod& named, MethodRun run) {
  const search::Method& method = search::FindMethod(named.name);
  const std::unique_ptr<search::MethodSetup> setup = method.setup();
  OptionSet options;
  setup->Declare(named.name, options);
  for (const std::string& knob : named.knobs) {
    options.Set(fmt::format("{}.{}", named.name, knob), "tuning");
  }
  const std::unique_ptr<search::Searcher> searcher =
      setup->Make({.rounds = &environment.rounds, .greedy = named.greedy, .sampled = named.sampled});
  const bool asks_policy =
      method.needs == search::Needs::kGreedyPolicy || method.needs == search::Needs::kSampledPolicy;
  run.method = named.name;
  run.searcher = searcher.get();
  run.worlds = method.worlds == search::Worlds::kGreedy ? environment.greedy : environment.sampled;
  run.mean_over_chains = method.counting == search::Counting::kEachChain;
  run.policy_parameters = asks_policy ? named.policy_parameters : 0;
  run.draw = Key("search").With(static_cast<uint64_t>(named.seed)).With(named.name);
  return RunMethod(environment, run);
}

std::vector<std::string> AsKnobs(const search::SequentialRule& rule) {
  return {fmt::format("threshold={}", rule.threshold),
          fmt::format("max_chains={}", rule.max_chains)};
}

std::vector<std::string> AsKnobs(const search::HeuristicRule& rule) {
  return {fmt::format("branch_below={}", rule.branch_below),
          fmt::format("terminate_above={}", rule.terminate_above)};
}

}  // namespace pgts::eval
