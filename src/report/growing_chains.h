// SPDX-License-Identifier: Apache-2.0
// Shows chains while they are written: on a terminal they are drawn again after every round;
// elsewhere nothing is shown before the end.
#pragma once

#include <ostream>

#include "base/rounds.h"
#include "report/terminal_frame.h"
#include "world/world.h"

namespace pgts::report {

class GrowingChains {
 public:
  // Constructed after the phases that write the steps, so that its turn follows theirs. All that is
  // passed in outlives it.
  GrowingChains(Rounds& rounds, const world::World& world, std::ostream& out, View view);

  // Runs beside the search until `done`, then takes the drawing away.
  Co<void> Watch(const bool& done);

 private:
  void Draw();

  const world::World& world_;
  View view_;
  TerminalFrame frame_;
  Gather<int, int> turns_;  // a turn of its own in each round; what is passed means nothing
};

}  // namespace pgts::report
