// SPDX-License-Identifier: Apache-2.0
// The flags of the benches that run searches.
#pragma once

#include "bench/model.h"
#include "bench/tree_load.h"

namespace CLI {
class App;
}

namespace pgts::bench {

struct TreeFlags {
  ModelFlags model;
  TreeLoadOptions load;
  std::string layout = "auto";
  bool shallow = false;
  bool paragraphs = false;
};

void AddTreeFlags(CLI::App& command, TreeFlags& flags);

// With the thread count and the width filled in.
TreeLoadOptions ToLoad(const TreeFlags& flags, const BenchModel& model);

}  // namespace pgts::bench
