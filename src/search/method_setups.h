// SPDX-License-Identifier: Apache-2.0
// How the list of methods turns a searcher into a setup. For methods.cc alone.
#pragma once

#include <memory>
#include <utility>

#include "search/methods.h"
#include "search/policy_search.h"

namespace pgts::search {

template <class Options>
class SetupWith : public MethodSetup {
 public:
  explicit SetupWith(Options options) : options_(std::move(options)) {}
  void Declare(std::string_view group, OptionSet& options) override {
    options.Add(group, options_);
  }

 protected:
  const Options& options() const { return options_; }

 private:
  Options options_;
};

// A searcher that needs nothing beside the world.
template <class S>
class PlainSetup : public SetupWith<typename S::Options> {
 public:
  using SetupWith<typename S::Options>::SetupWith;
  std::unique_ptr<Searcher> Make(const MethodParts&) const override {
    return std::make_unique<S>(this->options());
  }
};

// A searcher that asks a policy, with the client that it asks through.
template <class S>
class WithClient : public Searcher {
 public:
  WithClient(Rounds& rounds, tree::Policy& policy, typename S::Options options)
      : client_(rounds, policy), searcher_(client_, std::move(options)) {}
  int Walkers(const tree::Limits& limits) const override { return searcher_.Walkers(limits); }
  Co<SearchResult> Run(SearchContext context) const override {
    return searcher_.Run(std::move(context));
  }

 private:
  PolicyClient client_;
  S searcher_;
};

// ... the trained policy, greedy or sampled.
template <class S, tree::Policy* MethodParts::*kPolicy>
class TrainedSetup : public SetupWith<typename S::Options> {
 public:
  using SetupWith<typename S::Options>::SetupWith;
  std::unique_ptr<Searcher> Make(const MethodParts& parts) const override {
    return std::make_unique<WithClient<S>>(*parts.rounds, *(parts.*kPolicy), this->options());
  }
};

// ... a policy of its own, which no model decides and whose knobs are the method's.
template <class P>
class RuleSetup : public SetupWith<typename P::Options> {
 public:
  using SetupWith<typename P::Options>::SetupWith;
  std::unique_ptr<Searcher> Make(const MethodParts& parts) const override {
    return std::make_unique<Owner>(*parts.rounds, std::make_unique<P>(this->options()));
  }

 private:
  class Owner : public Searcher {
   public:
    Owner(Rounds& rounds, std::unique_ptr<P> policy)
        : policy_(std::move(policy)), search_(rounds, *policy_, {}) {}
    Co<SearchResult> Run(SearchContext context) const override {
      return search_.Run(std::move(context));
    }

   private:
    std::unique_ptr<P> policy_;
    WithClient<PolicySearch> search_;
  };
};

// One line of the list each. `fixed`: what sets the method apart, and its knobs' defaults.
template <class S>
auto Plain(typename S::Options fixed = {}) {
  return [fixed] { return std::make_unique<PlainSetup<S>>(fixed); };
}
template <class S>
auto Greedy(typename S::Options fixed = {}) {
  return [fixed] { return std::make_unique<TrainedSetup<S, &MethodParts::greedy>>(fixed); };
}
template <class S>
auto Sampled(typename S::Options fixed = {}) {
  return [fixed] { return std::make_unique<TrainedSetup<S, &MethodParts::sampled>>(fixed); };
}
template <class P>
auto Rule(typename P::Options fixed = {}) {
  return [fixed] { return std::make_unique<RuleSetup<P>>(fixed); };
}

}  // namespace pgts::search
