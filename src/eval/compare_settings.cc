// SPDX-License-Identifier: Apache-2.0
#include "eval/compare_settings.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/error.h"
#include "search/methods.h"

namespace pgts::eval {
namespace {

std::string At(const OptionSet& options, std::string_view key) {
  return fmt::format("{}: compare.{}", options.Source(fmt::format("compare.{}", key)), key);
}

void CheckNames(const std::vector<std::string>& names, const std::string& place) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    search::FindMethod(name, place + ": ");
    if (!seen.insert(name).second) {
      throw Error::Format("{}: {} is given twice; keep one", place, name);
    }
  }
}

}  // namespace

void Check(const CompareSettings& settings, const OptionSet& options) {
  CheckNames(settings.methods, At(options, "methods"));
  CheckNames(settings.plot, At(options, "plot"));
  if (settings.plot.size() > kMostColours) {
    throw Error::Format("{} has {} methods; at most {} can be told apart", At(options, "plot"),
                        settings.plot.size(), kMostColours);
  }
  if (settings.budgets.empty() || settings.seeds.empty()) {
    throw Error::Format("{} is empty; give one at least",
                        At(options, settings.budgets.empty() ? "budgets" : "seeds"));
  }
  if (std::ranges::adjacent_find(settings.budgets, std::ranges::greater_equal()) !=
      settings.budgets.end()) {
    throw Error::Format("{} = {} do not increase; order them, each once", At(options, "budgets"),
                        fmt::join(settings.budgets, ", "));
  }
  if (std::ranges::adjacent_find(settings.prices, std::ranges::less_equal()) !=
      settings.prices.end()) {
    throw Error::Format("{} = {} do not decrease; order them, each once", At(options, "prices"),
                        fmt::join(settings.prices, ", "));
  }
  const std::set<int> seeds(settings.seeds.begin(), settings.seeds.end());
  if (seeds.size() < settings.seeds.size()) {
    throw Error::Format("{} = {}: one is given twice; keep one", At(options, "seeds"),
                        fmt::join(settings.seeds, ", "));
  }
}

}  // namespace pgts::eval
