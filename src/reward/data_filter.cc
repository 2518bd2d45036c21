// SPDX-License-Identifier: Apache-2.0
#include "reward/data_filter.h"

#include <map>
#include <set>
#include <unordered_set>

#include "base/log.h"
#include "llm/token_ledger.h"

namespace pgts::reward {
namespace {

// Names prompt, cuts between steps, and labels.
uint64_t ContentHash(const labels::LabelledSolution& solution) {
  uint64_t hash = llm::ExtendPathHash(llm::kEmptyPathHash, solution.prompt);
  for (const labels::LabelledStep& step : solution.steps) {
    hash = llm::ExtendPathHash(hash, step.tokens);
    hash = llm::ExtendPathHash(hash, -2 - step.label.value_or(-1));  // no token is negative
    if (step.soft) hash = llm::ExtendPathHash(hash, -10 - step.right);
  }
  return hash;
}

}  // namespace

int64_t RemoveRepeats(std::vector<labels::LabelledSolution>& solutions) {
  std::unordered_set<uint64_t> seen;
  return static_cast<int64_t>(
      std::erase_if(solutions, [&](const labels::LabelledSolution& solution) {
        return !seen.insert(ContentHash(solution)).second;
      }));
}

int64_t RemoveContested(std::vector<labels::LabelledSolution>& solutions) {
  std::map<uint64_t, std::set<std::pair<labels::Source, int>>> said;  // by path: who said what
  for (const labels::LabelledSolution& solution : solutions) {
    const std::vector<uint64_t> hashes = labels::PathHashes(solution);
    for (size_t i = 0; i < hashes.size(); ++i) {
      if (solution.steps[i].label)
        said[hashes[i]].insert({solution.source, *solution.steps[i].label});
    }
  }
  const auto contested = [&](uint64_t path, labels::Source source, int label) {
    for (const auto& [other, its_label] : said[path]) {
      if (other != source && its_label != label) return true;
    }
    return false;
  };
  int64_t removed = 0;
  for (labels::LabelledSolution& solution : solutions) {
    const std::vector<uint64_t> hashes = labels::PathHashes(solution);
    for (size_t i = 0; i < hashes.size(); ++i) {
      std::optional<int>& label = solution.steps[i].label;
      if (!label || !contested(hashes[i], solution.source, *label)) continue;
      label.reset();
      ++removed;
    }
  }
  return removed;
}

void FilterTraining(std::vector<labels::LabelledSolution>& solutions,
                    const TrainingOptions& options) {
  if (options.remove_contested) {
    Info("{} labels are not learnt from: another source says the opposite of the same path",
         RemoveContested(solutions));
  }
  if (options.remove_repeats) {
    Info("{} solutions are not learnt from: they repeat another", RemoveRepeats(solutions));
  }
}

}  // namespace pgts::reward
