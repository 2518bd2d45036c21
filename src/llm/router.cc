// SPDX-License-Identifier: Apache-2.0
#include "llm/router.h"

#include <algorithm>
#include <unordered_map>

namespace pgts::llm {
namespace {

class Router {
 public:
  Router(std::span<const Batcher* const> batchers, size_t paths)
      : batchers_(batchers), load_(batchers.size(), 0) {
    auto jobs = static_cast<int>(paths);
    for (size_t i = 0; i < batchers.size(); ++i) {
      jobs += load_[i] = batchers[i]->jobs();
      free_slots_.push_back(batchers[i]->residency().free_slots());
    }
    const auto count = static_cast<int>(batchers.size());
    fair_ = (jobs + count - 1) / count;
  }

  int Choose(const RoutedPath& request) {
    const std::vector<Token> path = PathTokens(*request.prefix);
    const int root_length = RootLength(*request.prefix);
    const uint64_t root_hash =
        ExtendPathHash(kEmptyPathHash, std::span(path).first(static_cast<size_t>(root_length)));
    // Less than half a prompt, such as a system text, is not worth an uneven load.
    const int worth = (root_length + 1) / 2;
    int chosen = Best(
        worth, [&](int i) { return batchers_[i]->residency().ResidentOf(request.walker, path); });
    const int home = Home(request.walker);
    const auto has_room = [&](int i) { return Open(i) && (i == home || free_slots_[i] > 0); };
    if (chosen < 0) {
      chosen = Best(worth, [&](int i) {
        return has_room(i) ? batchers_[i]->residency().LongestResident(path) : 0;
      });
    }
    if (const auto found = sent_.find(root_hash);
        chosen < 0 && found != sent_.end() && has_room(found->second)) {
      chosen = found->second;
    }
    if (chosen < 0) chosen = LeastLoaded(has_room);
    if (chosen < 0) chosen = LeastLoaded([](int) { return true; });
    sent_[root_hash] = chosen;
    ++load_[chosen];
    TakeSlot(request.walker, home, chosen);
    return chosen;
  }

 private:
  bool Open(int i) const { return load_[i] < std::max(fair_, batchers_[i]->options().width); }

  // Where the walker has a slot; -1: nowhere.
  int Home(uint64_t walker) const {
    if (const auto moved = moved_.find(walker); moved != moved_.end()) return moved->second;
    for (int i = 0; i < static_cast<int>(batchers_.size()); ++i) {
      if (batchers_[i]->residency().HasSlot(walker)) return i;
    }
    return -1;
  }

  void TakeSlot(uint64_t walker, int home, int chosen) {
    moved_[walker] = chosen;
    if (home == chosen) return;
    if (home >= 0) ++free_slots_[home];
    --free_slots_[chosen];
  }

  template <typename Allowed>
  int LeastLoaded(Allowed allowed) const {
    int best = -1;
    for (int i = 0; i < static_cast<int>(batchers_.size()); ++i) {
      if (allowed(i) && (best < 0 || load_[i] < load_[best])) best = i;
    }
    return best;
  }

  // The one with the most tokens, if they reach `least`; else -1.
  template <typename Tokens>
  int Best(int least, Tokens tokens) const {
    int best = -1, most = std::max(least, 1) - 1;
    for (int i = 0; i < static_cast<int>(batchers_.size()); ++i) {
      const int held = tokens(i);
      if (held > most) best = i, most = held;
    }
    return best;
  }

  std::span<const Batcher* const> batchers_;
  int fair_ = 0;
  std::vector<int> load_;                    // jobs
  std::vector<int> free_slots_;              // that no walker has
  std::unordered_map<uint64_t, int> moved_;  // walkers chosen for so far, to where they go
  std::unordered_map<uint64_t, int> sent_;   // hash of a root, to where it was last sent
};

}  // namespace

std::vector<int> Route(std::span<const RoutedPath> paths,
                       std::span<const Batcher* const> batchers) {
  if (batchers.size() == 1) return std::vector<int>(paths.size(), 0);
  Router router(batchers, paths.size());
  std::vector<int> chosen;
  for (const RoutedPath& path : paths) chosen.push_back(router.Choose(path));
  return chosen;
}

}  // namespace pgts::llm
