// SPDX-License-Identifier: Apache-2.0
// From a searcher to the candidates of a method: one line of the list (methods.cc) each, and what a
// searcher may say of itself:
//
//   struct Options { ... template <class V> void Visit(V&); };     needed; as in base/options.h
//   static std::vector<Options> Candidates(Options fixed);         without it: `fixed` alone
//   static bool UntilLimits(const Options& options);               without it: false
//   static bool KeepsMaxNodes(const Options& options);             without it: false
//
// `fixed` is what sets the method apart; Candidates gives the hyperparameters their values.
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <memory>
#include <utility>

#include "base/option_value.h"
#include "search/methods.h"
#include "search/policy_search.h"

namespace pgts::search {

// "width=2, expansion=4"
template <class Options>
std::string TextOf(Options options) {
  std::string text;
  const auto add = [&text](std::string_view name, auto& field, const OptionSpec&) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, FieldYaml(&field));
  };
  options.Visit(add);
  return text;
}

// All but how it is made. S: a searcher, or a policy that decides by rule.
template <class S>
Setting Describe(const typename S::Options& options) {
  Setting setting{.text = TextOf(options)};
  if constexpr (requires { S::UntilLimits(options); }) {
    setting.until_limits = S::UntilLimits(options);
  }
  if constexpr (requires { S::KeepsMaxNodes(options); }) {
    setting.keeps_max_nodes = S::KeepsMaxNodes(options);
  }
  return setting;
}

// What `one` makes of each of S's candidates.
template <class S, class One>
std::vector<Setting> EachCandidate(typename S::Options fixed, One one) {
  std::vector<typename S::Options> candidates;
  if constexpr (requires { S::Candidates(fixed); }) {
    candidates = S::Candidates(std::move(fixed));
  } else {
    candidates.push_back(std::move(fixed));
  }
  std::vector<Setting> settings;
  for (const typename S::Options& options : candidates) settings.push_back(one(options));
  return settings;
}

// A searcher that asks a policy, with the client that it asks through, and with the policy where it
// is its own.
template <class S>
class WithPolicy : public Searcher {
 public:
  WithPolicy(Rounds& rounds, tree::Policy& policy, typename S::Options options)
      : client_(rounds, policy), searcher_(client_, std::move(options)) {}
  WithPolicy(Rounds& rounds, std::unique_ptr<tree::Policy> policy, typename S::Options options)
      : own_(std::move(policy)), client_(rounds, *own_), searcher_(client_, std::move(options)) {}
  int Walkers(const tree::Limits& limits) const override { return searcher_.Walkers(limits); }
  Co<SearchResult> Run(SearchContext context) const override {
    return searcher_.Run(std::move(context));
  }

 private:
  std::unique_ptr<tree::Policy> own_;
  PolicyClient client_;
  S searcher_;
};

// S from its options, and from the judge's scores where it compares scores with thresholds.
template <class S>
std::unique_ptr<S> Make(const typename S::Options& options, const MethodParts& parts) {
  if constexpr (std::constructible_from<S, const typename S::Options&,
                                        const world::ScoreQuantiles&>) {
    return std::make_unique<S>(options, parts.scores);
  } else {
    return std::make_unique<S>(options);
  }
}

// A searcher that needs nothing beside the world, with these options.
template <class S>
Setting One(const typename S::Options& options) {
  Setting setting = Describe<S>(options);
  setting.make = [options](const MethodParts& parts) { return Make<S>(options, parts); };
  return setting;
}

template <class S>
std::vector<Setting> Plain(typename S::Options fixed = {}) {
  return EachCandidate<S>(std::move(fixed), One<S>);
}

// ... that asks the trained policy.
template <class S>
std::vector<Setting> Trained(tree::Policy* MethodParts::*policy, typename S::Options fixed) {
  return EachCandidate<S>(std::move(fixed), [policy](const typename S::Options& options) {
    Setting setting = Describe<S>(options);
    setting.chooses_actions = true;
    setting.make = [policy, options](const MethodParts& parts) {
      return std::make_unique<WithPolicy<S>>(*parts.rounds, *(parts.*policy), options);
    };
    return setting;
  });
}
template <class S>
std::vector<Setting> Greedy(typename S::Options fixed = {}) {
  return Trained<S>(&MethodParts::greedy, std::move(fixed));
}
template <class S>
std::vector<Setting> Sampled(typename S::Options fixed = {}) {
  return Trained<S>(&MethodParts::sampled, std::move(fixed));
}

// The search over the four actions by a policy that no model decides; the hyperparameters are the
// policy's.
template <class P>
std::vector<Setting> Rule(typename P::Options fixed = {}) {
  return EachCandidate<P>(std::move(fixed), [](const typename P::Options& options) {
    Setting setting = Describe<P>(options);
    setting.chooses_actions = true;
    setting.make = [options](const MethodParts& parts) {
      return std::make_unique<WithPolicy<PolicySearch>>(*parts.rounds, Make<P>(options, parts),
                                                        PolicySearchOptions{});
    };
    return setting;
  });
}

}  // namespace pgts::search
