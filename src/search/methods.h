// SPDX-License-Identifier: Apache-2.0
// Every method of this project by name, in one list (methods.cc). A method is a searcher with what
// sets it apart from others of its kind (path score, vote, value) fixed, and with its knobs left to
// be set as options:
//
//   const Method& method = FindMethod("beam");
//   const std::unique_ptr<MethodSetup> setup = method.setup();
//   OptionSet options;                      // names, ranges and errors: base/options.h
//   setup->Declare("beam", options);
//   options.Set("beam.width=2", "config/compare.yaml:7");
//   const std::unique_ptr<Searcher> searcher = setup->Make(parts);
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/options.h"
#include "search/searcher.h"
#include "tree/policy.h"

namespace pgts::search {

// What methods may need beside a world. All of it must outlive the searchers.
struct MethodParts {
  Rounds* rounds = nullptr;
  tree::Policy* greedy = nullptr;   // the trained policy, taking its most probable action
  tree::Policy* sampled = nullptr;  // the same, drawing its actions
};

// One method with values of its own for its knobs.
class MethodSetup {
 public:
  virtual ~MethodSetup() = default;
  // Declares the knobs under `group`; `options` must not outlive the setup.
  virtual void Declare(std::string_view group, OptionSet& options) = 0;
  // The parts hold what the method's `needs` name.
  virtual std::unique_ptr<Searcher> Make(const MethodParts& parts) const = 0;
};

enum class Needs {
  kWorld,          // nothing more
  kScores,         // step scores
  kGreedyPolicy,   // step scores, and MethodParts::greedy
  kSampledPolicy,  // step scores, and MethodParts::sampled
};

enum class Worlds {
  kSampled,  // at the generator's temperature
  kGreedy,   // at temperature 0
};

// How a run with several chains counts.
enum class Counting {
  kOneAnswer,  // its answer
  kEachChain,  // each chain by itself; the run is the mean over them
};

struct Method {
  std::string_view name;
  std::string_view what;  // for people, one phrase
  Needs needs = Needs::kWorld;
  std::function<std::unique_ptr<MethodSetup>()> setup;
  Worlds worlds = Worlds::kSampled;
  Counting counting = Counting::kOneAnswer;
};

std::span<const Method> Methods();

// Error for an unknown name, with the nearest one.
const Method& FindMethod(std::string_view name);

}  // namespace pgts::search
