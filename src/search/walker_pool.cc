// SPDX-License-Identifier: Apache-2.0
#include "search/walker_pool.h"

#include <algorithm>
#include <utility>

namespace pgts::search {

WalkerPool::WalkerPool(std::shared_ptr<world::World> world, int count)
    : world_(std::move(world)), stands_(count, world::kRootStep) {
  for (int i = 0; i < count; ++i) walkers_.push_back(std::make_unique<world::Walker>(world_));
}

std::vector<int> WalkerPool::Assign(std::span<const int> parents) const {
  constexpr int kNobody = -1;
  std::vector<int> assigned(parents.size(), kNobody);
  std::vector<char> taken(walkers_.size(), 0);
  const auto take = [&](size_t request, int walker) {
    assigned[request] = walker;
    taken[walker] = 1;
  };
  for (size_t i = 0; i < parents.size(); ++i) {
    for (int w = 0; w < size() && assigned[i] == kNobody; ++w) {
      if (taken[w] == 0 && stands_[w] == parents[i]) take(i, w);
    }
  }
  for (size_t i = 0; i < parents.size(); ++i) {
    if (assigned[i] == kNobody) take(i, Nearest(parents[i], taken));
  }
  return assigned;
}

int WalkerPool::Nearest(int parent, std::span<const char> taken) const {
  int nearest = -1, most = -1;
  for (int w = 0; w < size(); ++w) {
    if (taken[w] != 0) continue;
    const int shared = SharedDepth(stands_[w], parent);
    const bool less_to_lose = nearest >= 0 && shared == most &&
                              world_->step(stands_[w]).depth < world_->step(stands_[nearest]).depth;
    if (shared > most || less_to_lose) nearest = w, most = shared;
  }
  return nearest;
}

int WalkerPool::SharedDepth(int a, int b) const {
  while (a != b) {
    int& deeper = world_->step(a).depth >= world_->step(b).depth ? a : b;
    deeper = world_->step(deeper).parent;
  }
  return world_->step(a).depth;
}

world::Charges WalkerPool::charges() const {
  world::Charges sum;
  for (const auto& walker : walkers_) sum += walker->charges();
  sum.prompt_tokens = world_->prompt_tokens();
  return sum;
}

}  // namespace pgts::search
