// SPDX-License-Identifier: Apache-2.0
// Computations under way, by name, and the coroutines that wait for each: so that what two walkers
// ask for at once is computed once.
//
//   while (under_way.Has(name)) co_await under_way.Wait(name);
//   if (known) co_return ...;
//   const auto guard = under_way.Begin(name);
//
// Belongs to the thread of its Rounds.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "base/rounds.h"

namespace pgts::world {

template <typename Name>
class UnderWay {
 public:
  // From Begin to the end of its life: the computation has ended, well or not.
  class Guard {
   public:
    Guard(UnderWay& owner, Name name) : owner_(owner), name_(std::move(name)) {}
    ~Guard() { owner_.End(name_); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    UnderWay& owner_;
    Name name_;
  };

  explicit UnderWay(Rounds& rounds) : rounds_(rounds) {}
  bool Has(const Name& name) const { return waiting_.contains(name); }

  Co<void> Wait(Name name) {
    const Rounds::Ticket ticket = rounds_.NewTicket();
    waiting_[name].push_back(ticket);
    co_await rounds_.Park(ticket);
  }

  Guard Begin(const Name& name) {
    waiting_[name];
    return Guard(*this, name);
  }

 private:
  void End(const Name& name) {
    const auto ended = waiting_.extract(name);
    for (Rounds::Ticket ticket : ended.mapped()) rounds_.Resume(ticket);
  }

  Rounds& rounds_;
  std::map<Name, std::vector<Rounds::Ticket>> waiting_;
};

}  // namespace pgts::world
