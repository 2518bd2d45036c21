// SPDX-License-Identifier: Apache-2.0
// Coroutines and rounds: how hundreds of searchers share one model call.
//
// A searcher is a coroutine (`Co<void>`). Where it needs a model it awaits `Gather::Submit`. Rounds
// runs every coroutine until each waits for something, then gives each phase one turn, in the order
// in which the phases were constructed:
//
//   round = the first phase with requests of each accelerator: dispatch these side by side; poll
//           each other phase of these accelerators or of the CPU: dispatch its requests; poll
//
// What arrives during a dispatch waits for that phase's next turn; what an accelerator is asked
// that began the round idle, for the next round. So while one writes on at long steps, another
// judges those that ended in the round before. Everything is counted, nothing is timed: the same
// coroutines spawned in the same order make the same batches, however long a device takes.
//
// Threads: dispatches on accelerators run on threads of their own, while no coroutine runs. All
// else of a Rounds, its gathers and its coroutines belongs to one thread.
//
// House rule for g++ 12: `co_await` only as a whole statement or into a named local. A coroutine
// takes what must outlive its first suspension by value, or by a reference that outlives Run.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/stopwatch.h"

namespace pgts {

// A coroutine that yields a T. It starts when it is awaited or spawned; exceptions pass through
// `co_await` as through a call.
template <typename T>
using Co = boost::asio::awaitable<T>;

// One queue of like requests and the call that answers them together.
class Phase {
 public:
  virtual ~Phase() = default;
  virtual std::string_view name() const = 0;
  // The accelerator that it computes on, such as "cuda:1": phases of the same one take turns.
  // Empty: it is dispatched while nothing else computes.
  virtual std::string_view device() const { return {}; }
  virtual bool HasPending() const = 0;
  // Answers what is pending. May run beside other phases' dispatches: it touches nothing of Rounds.
  virtual void Dispatch() = 0;
  // After a dispatch: resumes who was answered.
  virtual void HandBack() = 0;
  // Forgets pending requests; their coroutines are being destroyed.
  virtual void Drop() = 0;
};

class Rounds {
 public:
  Rounds();
  // Destroys the coroutines that have not ended, innermost first.
  ~Rounds();
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;

  // Adds a coroutine; it starts within Run. Also allowed from inside a running coroutine.
  void Spawn(Co<void> coroutine);

  // Runs until every spawned coroutine has ended. The first exception from a coroutine or a
  // dispatch ends it: every other coroutine is destroyed and the exception is rethrown here. A stop
  // request (base/stop.h) does the same with Interrupted, between two dispatches. Coroutines that
  // wait for nothing that a phase will answer are a std::logic_error. May be called again.
  void Run();

  // Runs work(i) for every i in [begin, end), `side_by_side` of them at a time: where one ends, the
  // next begins, so that batches stay full until the last few. work(i) is called when its turn
  // comes. Not from inside a coroutine; side_by_side >= 1. Else as Run.
  void RunEach(int64_t begin, int64_t end, int64_t side_by_side,
               const std::function<Co<void>(int64_t)>& work);

  int64_t rounds() const { return rounds_; }
  double seconds() const { return seconds_; }  // wall-clock inside Run

  // --- For phases and combinators ---

  // Suspends the awaiting coroutine until Resume(ticket). NewTicket() numbers grow.
  using Ticket = uint64_t;
  Ticket NewTicket() { return next_ticket_++; }
  Co<void> Park(Ticket ticket);
  // Queues the parked coroutine to go on, behind those already queued. No-op for one not parked.
  void Resume(Ticket ticket);
  // Starts a child coroutine that `done` is told about (null: it ended well) on this thread.
  void Start(Co<void> coroutine, std::function<void(std::exception_ptr)> done);
  void Register(Phase* phase) { phases_.push_back(phase); }
  void Unregister(Phase* phase) { std::erase(phases_, phase); }

 private:
  using Handler = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;

  void Poll();
  bool DispatchOnce();
  std::vector<Phase*> PendingOnDevices() const;
  void DispatchTogether(std::span<Phase* const> phases);
  void DestroyCoroutines();

  std::unique_ptr<boost::asio::io_context> context_;
  std::vector<Phase*> phases_;
  // Suspended coroutines are owned here and nowhere else: a handler inside the frame that it owns
  // would never be freed.
  std::map<Ticket, Handler> parked_;
  Ticket next_ticket_ = 1;
  int64_t alive_ = 0;
  int64_t rounds_ = 0;
  double seconds_ = 0;
  bool running_ = false;
  std::exception_ptr failure_;
};

// What a phase did so far. seconds: wall-clock spent inside its dispatch function.
struct PhaseCounts {
  int64_t batches = 0;
  int64_t rows = 0;
  double seconds = 0;
};

// A reply with its row's equal share of the seconds of its batch ("charged seconds").
template <typename Reply>
struct Dispatched {
  Reply reply{};
  double seconds = 0;
};

// Collects requests from coroutines and answers all pending ones by one call of `dispatch`, which
// receives them in arrival order and fills replies[i] for requests[i]. The callers go on in that
// order. Reply is default-constructible and movable. Must outlive the Run in which it is used.
template <typename Request, typename Reply>
class Gather : public Phase {
 public:
  using DispatchFunction = std::function<void(std::span<const Request>, std::span<Reply>)>;

  Gather(Rounds& rounds, std::string name, DispatchFunction dispatch, std::string device = "")
      : rounds_(rounds),
        name_(std::move(name)),
        device_(std::move(device)),
        dispatch_(std::move(dispatch)) {
    rounds_.Register(this);
  }
  ~Gather() override { rounds_.Unregister(this); }
  Gather(const Gather&) = delete;
  Gather& operator=(const Gather&) = delete;

  // Suspends the caller until the dispatch that held its request.
  Co<Dispatched<Reply>> Submit(Request request) {
    Dispatched<Reply> answer;
    const Rounds::Ticket ticket = rounds_.NewTicket();
    requests_.push_back(std::move(request));
    waiters_.push_back({ticket, &answer});
    co_await rounds_.Park(ticket);
    co_return std::move(answer);
  }

  std::string_view name() const override { return name_; }
  std::string_view device() const override { return device_; }
  bool HasPending() const override { return !requests_.empty(); }
  const PhaseCounts& counts() const { return counts_; }

  void Dispatch() override {
    const std::vector<Request> requests = std::exchange(requests_, {});
    answered_ = std::exchange(waiters_, {});
    // Not a vector: Reply may be bool.
    const auto replies = std::make_unique<Reply[]>(requests.size());
    const Stopwatch watch;
    dispatch_(requests, std::span<Reply>(replies.get(), requests.size()));
    const double spent = watch.Seconds();
    Count(requests.size(), spent);
    for (size_t i = 0; i < answered_.size(); ++i) {
      answered_[i].answer->reply = std::move(replies[i]);
      answered_[i].answer->seconds = spent / static_cast<double>(requests.size());
    }
  }

  void HandBack() override {
    for (const Waiter& waiter : std::exchange(answered_, {})) rounds_.Resume(waiter.ticket);
  }

  void Drop() override {
    requests_.clear();
    waiters_.clear();
    answered_.clear();
  }

 private:
  struct Waiter {
    Rounds::Ticket ticket;
    Dispatched<Reply>* answer;  // in the frame of the suspended Submit
  };

  void Count(size_t rows, double seconds) {
    ++counts_.batches;
    counts_.rows += static_cast<int64_t>(rows);
    counts_.seconds += seconds;
  }

  Rounds& rounds_;
  std::string name_;
  std::string device_;
  DispatchFunction dispatch_;
  std::vector<Request> requests_;
  std::vector<Waiter> waiters_;   // for them
  std::vector<Waiter> answered_;  // not yet resumed
  PhaseCounts counts_;
};

// Runs the children side by side inside the awaiting coroutine and returns when all have ended. If
// some threw, the exception of the first of them in the order given is rethrown then.
Co<void> WhenAll(Rounds& rounds, std::vector<Co<void>> children);

}  // namespace pgts
