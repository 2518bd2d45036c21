// SPDX-License-Identifier: Apache-2.0
#include "base/rounds.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include "base/parallel.h"
#include "base/stop.h"

namespace pgts {
namespace {

constexpr int kOneThread = 1;  // lets Asio leave out its locks

bool AnyOnDevice(std::span<Phase* const> phases, std::string_view device) {
  return std::ranges::any_of(phases, [&](const Phase* phase) { return phase->device() == device; });
}

Co<void> TakeEach(int64_t& next, int64_t end, const std::function<Co<void>(int64_t)>& work) {
  while (next < end) {
    const int64_t taken = next++;
    co_await work(taken);
  }
}

}  // namespace

Rounds::Rounds() : context_(std::make_unique<boost::asio::io_context>(kOneThread)) {}

Rounds::~Rounds() { DestroyCoroutines(); }

void Rounds::Start(Co<void> coroutine, std::function<void(std::exception_ptr)> done) {
  boost::asio::co_spawn(*context_, std::move(coroutine), std::move(done));
}

void Rounds::Spawn(Co<void> coroutine) {
  ++alive_;
  Start(std::move(coroutine), [this](std::exception_ptr failure) {
    --alive_;
    if (failure == nullptr || failure_ != nullptr) return;
    failure_ = failure;
    context_->stop();
  });
}

void Rounds::RunEach(int64_t begin, int64_t end, int64_t side_by_side,
                     const std::function<Co<void>(int64_t)>& work) {
  if (running_ || side_by_side < 1) {
    throw std::logic_error("RunEach: from inside a coroutine, or with nothing side by side");
  }
  int64_t next = begin;
  for (int64_t i = 0; i < std::min(side_by_side, end - begin); ++i)
    Spawn(TakeEach(next, end, work));
  Run();
}

Co<void> Rounds::Park(Ticket ticket) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
      [this, ticket](Handler handler) { parked_.emplace(ticket, std::move(handler)); },
      boost::asio::use_awaitable);
}

void Rounds::Resume(Ticket ticket) {
  auto parked = parked_.extract(ticket);
  if (!parked.empty()) boost::asio::post(*context_, std::move(parked.mapped()));
}

void Rounds::Poll() {
  context_->restart();
  context_->poll();
  if (failure_ != nullptr) std::rethrow_exception(std::exchange(failure_, nullptr));
}

// The first of each accelerator.
std::vector<Phase*> Rounds::PendingOnDevices() const {
  std::vector<Phase*> chosen;
  for (Phase* phase : phases_) {
    if (phase->device().empty() || !phase->HasPending()) continue;
    if (!AnyOnDevice(chosen, phase->device())) chosen.push_back(phase);
  }
  return chosen;
}

void Rounds::DispatchTogether(std::span<Phase* const> phases) {
  ThrowIfStopped();
  std::vector<int> indices(phases.size());
  std::iota(indices.begin(), indices.end(), 0);
  RunParallel(indices, static_cast<int>(phases.size()), [&](int i) { phases[i]->Dispatch(); });
  for (Phase* phase : phases) phase->HandBack();
  Poll();
}

// One turn for every phase; false if none had requests. Indices: a dispatch may add a phase.
bool Rounds::DispatchOnce() {
  const std::vector<Phase*> together = PendingOnDevices();
  if (!together.empty()) DispatchTogether(together);
  bool dispatched = !together.empty();
  for (size_t i = 0; i < phases_.size(); ++i) {
    Phase* phase = phases_[i];
    if (!phase->HasPending() || std::ranges::find(together, phase) != together.end()) continue;
    // An accelerator that began the round with nothing to do waits, to work beside the others in
    // the next one.
    const bool began_idle = !phase->device().empty() && !AnyOnDevice(together, phase->device());
    if (began_idle && !together.empty()) continue;
    DispatchTogether({&phase, 1});
    dispatched = true;
  }
  return dispatched;
}

void Rounds::Run() {
  if (running_) throw std::logic_error("Rounds::Run called from inside one of its coroutines");
  running_ = true;
  const Stopwatch watch;
  try {
    Poll();
    while (alive_ > 0) {
      ThrowIfStopped();
      ++rounds_;
      if (DispatchOnce()) continue;
      throw std::logic_error(
          fmt::format("{} coroutines wait for something that no phase will answer", alive_));
    }
  } catch (...) {
    DestroyCoroutines();
    seconds_ += watch.Seconds();
    running_ = false;
    throw;
  }
  seconds_ += watch.Seconds();
  running_ = false;
}

void Rounds::DestroyCoroutines() {
  for (Phase* phase : phases_) phase->Drop();
  // A child parks with a later ticket than the parent that waits for it, so that it is destroyed
  // first. Asio unwinds each frame through the context, whose end then frees them in that order.
  while (!parked_.empty()) parked_.erase(std::prev(parked_.end()));
  context_.reset();
  context_ = std::make_unique<boost::asio::io_context>(kOneThread);
  alive_ = 0;
  failure_ = nullptr;
}

Co<void> WhenAll(Rounds& rounds, std::vector<Co<void>> children) {
  const Rounds::Ticket ticket = rounds.NewTicket();
  std::vector<std::exception_ptr> failures(children.size());
  size_t left = children.size();
  for (size_t i = 0; i < children.size(); ++i) {
    rounds.Start(std::move(children[i]), [&, i](std::exception_ptr failure) {
      failures[i] = failure;
      if (--left == 0) rounds.Resume(ticket);
    });
  }
  // Children that waited for nothing may have ended already.
  if (left > 0) co_await rounds.Park(ticket);
  for (const std::exception_ptr& failure : failures) {
    if (failure != nullptr) std::rethrow_exception(failure);
  }
}

}  // namespace pgts
