// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: a draw is a pure function of a key and a counter, so it never
// depends on what else runs or in which order (Salmon et al., "Parallel random numbers: as easy as
// 1, 2, 3", SC 2011; Philox4x32-10 from Random123).
//
// A key is the hash of the names that identify a draw: Key("policy-action").With(run_seed)
// .With(iteration).With(problem). The same names give the same numbers on every machine.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace pgts {

// 64-bit FNV-1a of the bytes, finished with the SplitMix64 mixer. Stable across builds: it names
// worlds on disk.
uint64_t HashBytes(std::string_view bytes, uint64_t seed = 0);

class Key {
 public:
  explicit Key(std::string_view name) : value_(HashBytes(name)) {}
  Key With(uint64_t part) const;
  Key With(std::string_view part) const;
  Key With(std::span<const int> parts) const;
  uint64_t value() const { return value_; }

  // A uniform draw in [0, 1) at `counter`, and 64 random bits at `counter`.
  double Uniform(uint64_t counter) const;
  uint64_t Bits(uint64_t counter) const;

 private:
  explicit Key(uint64_t value) : value_(value) {}
  uint64_t value_;
};

// A stream that walks a key's counter; satisfies UniformRandomBitGenerator.
class RandomStream {
 public:
  using result_type = uint64_t;
  explicit RandomStream(Key key, uint64_t counter = 0) : key_(key), counter_(counter) {}
  static constexpr uint64_t min() { return 0; }
  static constexpr uint64_t max() { return ~uint64_t{0}; }
  uint64_t operator()() { return key_.Bits(counter_++); }
  double Uniform() { return key_.Uniform(counter_++); }
  // Uniform in [0, n), n > 0, without modulo bias that matters (n < 2^32).
  int Below(int n) { return static_cast<int>(Uniform() * n); }

  // Fisher-Yates with this stream: the same permutation on every standard library.
  template <typename T>
  void Shuffle(std::span<T> items) {
    for (size_t i = items.size(); i > 1; --i)
      std::swap(items[i - 1], items[Below(static_cast<int>(i))]);
  }

 private:
  Key key_;
  uint64_t counter_;
};

}  // namespace pgts
