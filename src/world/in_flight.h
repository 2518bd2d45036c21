// SPDX-License-Identifier: Apache-2.0
// Computations in flight, each by its key, and the coroutines that wait for them: what two walkers
// ask for at once is computed once.
//
//   while (in_flight.Has(key)) co_await in_flight.Wait(key);
//   if (known) co_return ...;
//   const auto guard = in_flight.Begin(key);
//
// Belongs to the thread of its Rounds.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "base/rounds.h"

namespace pgts::world {

template <typename Key>
class InFlight {
 public:
  // From Begin to the end of its life: the computation has ended, well or not.
  class Guard {
   public:
    Guard(InFlight& owner, Key key) : owner_(owner), key_(std::move(key)) {}
    ~Guard() { owner_.End(key_); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    InFlight& owner_;
    Key key_;
  };

  explicit InFlight(Rounds& rounds) : rounds_(rounds) {}
  bool Has(const Key& key) const { return waiting_.contains(key); }

  Co<void> Wait(Key key) {
    const Rounds::Ticket ticket = rounds_.NewTicket();
    waiting_[key].push_back(ticket);
    co_await rounds_.Park(ticket);
  }

  Guard Begin(const Key& key) {
    waiting_[key];
    return Guard(*this, key);
  }

 private:
  void End(const Key& key) {
    const auto ended = waiting_.extract(key);
    for (Rounds::Ticket ticket : ended.mapped()) rounds_.Resume(ticket);
  }

  Rounds& rounds_;
  std::map<Key, std::vector<Rounds::Ticket>> waiting_;
};

}  // namespace pgts::world
