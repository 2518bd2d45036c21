// SPDX-License-Identifier: Apache-2.0
#include "search/dvts.h"

namespace pgts::search {

using tree::NodeId;

std::vector<DvtsOptions> Dvts::Candidates(DvtsOptions fixed) {
  std::vector<DvtsOptions> candidates;
  for (const auto& [beams, expansion] : kBeamShapes) {
    candidates.push_back({.subtrees = beams, .expansion = expansion, .answer = fixed.answer});
  }
  return candidates;
}

Co<SearchResult> Dvts::Run(SearchContext context) const {
  TreeWalk walk(context, Walkers(context.limits));
  std::vector<NodeId> tips(options_.subtrees, tree::kRoot);
  while (!tips.empty() && !walk.Over()) {
    const std::vector<NodeId> children = co_await walk.Ask(Repeat(tips, options_.expansion));
    tips = NextTips(walk.tree(), children, tips.size());
  }
  co_return walk.Finish(options_.answer);
}

std::vector<NodeId> Dvts::NextTips(const tree::Tree& tree, const std::vector<NodeId>& children,
                                   size_t subtrees) const {
  std::vector<NodeId> tips;
  for (size_t subtree = 0; subtree < subtrees; ++subtree) {
    std::vector<NodeId> own;
    for (size_t i = subtree; i < children.size(); i += subtrees) own.push_back(children[i]);
    const std::vector<NodeId> best =
        KeepBest(tree, std::move(own), options_.answer.path_score, /*most=*/1);
    if (!best.empty() && !tree.node(best[0]).child.terminal) tips.push_back(best[0]);
  }
  return tips;
}

}  // namespace pgts::search
