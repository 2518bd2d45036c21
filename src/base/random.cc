// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <Random123/philox.h>

namespace pgts {
namespace {

uint64_t Mix(uint64_t x) {  // SplitMix64 finaliser
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

}  // namespace

uint64_t HashBytes(std::string_view bytes, uint64_t seed) {
  uint64_t hash = 0xCBF29CE484222325ULL ^ Mix(seed);
  for (unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001B3ULL;
  return Mix(hash);
}

Key Key::With(uint64_t part) const { return Key(Mix(value_ ^ Mix(part ^ 0x5851F42D4C957F2DULL))); }

Key Key::With(std::string_view part) const { return Key(HashBytes(part, value_)); }

Key Key::With(std::span<const int> parts) const {
  Key key = With(static_cast<uint64_t>(parts.size()));
  for (int part : parts) key = key.With(static_cast<uint64_t>(part));
  return key;
}

uint64_t Key::Bits(uint64_t counter) const {
  r123::Philox4x32 philox;
  const r123::Philox4x32::ctr_type block = {
      {static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32), 0, 0}};
  const r123::Philox4x32::key_type key = {
      {static_cast<uint32_t>(value_), static_cast<uint32_t>(value_ >> 32)}};
  const r123::Philox4x32::ctr_type out = philox(block, key);
  return static_cast<uint64_t>(out[1]) << 32 | out[0];
}

double Key::Uniform(uint64_t counter) const {
  return static_cast<double>(Bits(counter) >> 11) * 0x1.0p-53;
}

}  // namespace pgts
