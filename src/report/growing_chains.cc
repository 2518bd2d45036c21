// SPDX-License-Identifier: Apache-2.0
#include "report/growing_chains.h"

namespace pgts::report {

GrowingChains::GrowingChains(Rounds& rounds, const world::World& world, std::ostream& out,
                             View view)
    : world_(world),
      view_(view),
      frame_(out, view.height),
      turns_(rounds, "show", [this](std::span<const int>, std::span<int>) { Draw(); }) {}

Co<void> GrowingChains::Watch(const bool& done) {
  while (!done) co_await turns_.Submit(0);
  frame_.Erase();
}

void GrowingChains::Draw() {
  if (!view_.redraw || world_.size() == 1) return;
  const RenderedTree drawing = RenderRunningChains(world_, view_.options);
  frame_.Show(drawing.lines, drawing.current_row);
}

}  // namespace pgts::report
