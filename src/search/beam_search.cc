// SPDX-License-Identifier: Apache-2.0
#include "search/beam_search.h"

namespace pgts::search {

using tree::NodeId;

std::vector<BeamOptions> BeamSearch::Candidates(BeamOptions fixed) {
  std::vector<BeamOptions> candidates;
  for (const auto& [beams, expansion] : kBeamShapes) {
    candidates.push_back({.width = beams, .expansion = expansion, .answer = fixed.answer});
  }
  return candidates;
}

Co<SearchResult> BeamSearch::Run(SearchContext context) const {
  const int first_round = options_.width * options_.expansion;
  TreeWalk walk(context, Walkers(context.limits));
  std::vector<NodeId> open = {tree::kRoot};
  int places = options_.width;  // B - F
  int times = first_round;
  while (!open.empty() && !walk.Over()) {
    std::vector<NodeId> children = co_await walk.Ask(Repeat(open, times));
    open = KeepBest(walk.tree(), std::move(children), options_.answer.path_score, places);
    const auto finished =
        std::erase_if(open, [&](NodeId id) { return walk.tree().node(id).child.terminal; });
    places -= static_cast<int>(finished);
    times = options_.expansion;
  }
  co_return walk.Finish(options_.answer);
}

}  // namespace pgts::search
