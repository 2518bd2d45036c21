// SPDX-License-Identifier: Apache-2.0
#include "llm/generator.h"

#include <algorithm>
#include <utility>

namespace pgts::llm {

std::vector<Generation> WriteAll(Generator& generator, std::span<const GenerateRequest> requests) {
  std::vector<Draft> drafts;
  for (const GenerateRequest& request : requests) drafts.push_back({.request = request});
  std::vector<Draft*> joining;
  for (Draft& draft : drafts) joining.push_back(&draft);
  try {
    while (!std::ranges::all_of(drafts, &Draft::ended)) {
      generator.Write(joining);
      joining.clear();
    }
  } catch (...) {
    generator.Forget();
    throw;
  }
  std::vector<Generation> results;
  for (Draft& draft : drafts) results.push_back(std::move(draft.result));
  return results;
}

}  // namespace pgts::llm
