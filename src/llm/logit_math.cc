// SPDX-License-Identifier: Apache-2.0
#include "llm/logit_math.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>

// Sanitizers are not up yet when the loader chooses between clones.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PGTS_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define PGTS_CLONES
#endif
#define PGTS_INLINE inline __attribute__((always_inline))

namespace pgts::llm {
namespace {

constexpr size_t kLanes = 8;  // wider ones g++ 12 takes apart where there is no AVX-512
using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Ints = int32_t __attribute__((vector_size(kLanes * sizeof(int32_t))));

// By reference throughout: vectors of this width are passed differently in each clone.
PGTS_INLINE void Load(const float* from, Floats& to) { std::memcpy(&to, from, sizeof(to)); }

// Cephes' polynomial on [-ln2/2, ln2/2]; `x` becomes its exponential.
PGTS_INLINE void ExpInPlace(Floats& x) {
  const Floats clamped = x < -87.0F ? Floats{} - 87.0F : x;
  const Floats shifted = clamped * 1.44269504F + 12582912.0F;  // rounds to an integer
  const Floats n = shifted - 12582912.0F;
  const Floats r = (clamped - n * 0.693359375F) + n * 2.12194440e-4F;
  Floats p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const Floats fraction = p * r * r + r + 1.0F;
  const Ints power = (__builtin_convertvector(n, Ints) + 127) << 23;
  Floats scale;
  std::memcpy(&scale, &power, sizeof(scale));
  x = x < -87.0F ? Floats{} : fraction * scale;
}

PGTS_INLINE float Largest(const Floats& lanes) {
  float largest = lanes[0];
  for (size_t i = 1; i < kLanes; ++i) largest = std::max(largest, lanes[i]);
  return largest;
}

PGTS_INLINE double Total(const Floats& lanes) {
  double total = 0;
  for (size_t i = 0; i < kLanes; ++i) total += lanes[i];
  return total;
}

}  // namespace

float ExpNonPositive(float x) {
  Floats lanes = Floats{} + x;
  ExpInPlace(lanes);
  return lanes[0];
}

PGTS_CLONES float LargestLogit(std::span<const float> logits) {
  Floats largest = Floats{} - std::numeric_limits<float>::infinity();
  size_t i = 0;
  for (; i + kLanes <= logits.size(); i += kLanes) {
    Floats block;
    Load(logits.data() + i, block);
    largest = block > largest ? block : largest;
  }
  float result = Largest(largest);
  for (; i < logits.size(); ++i) result = std::max(result, logits[i]);
  return result;
}

// The largest of each block; those of `count` blocks are as many logits.
PGTS_CLONES float FloorOfLargest(std::span<const float> logits, size_t count) {
  constexpr size_t kSpare = 8;  // blocks for each logit that is looked for: few hold two
  const size_t vectors = std::max<size_t>(1, logits.size() / (kSpare * count * kLanes));
  std::vector<float> maxima;
  maxima.reserve(logits.size() / (vectors * kLanes));
  for (size_t i = 0; i + vectors * kLanes <= logits.size(); i += vectors * kLanes) {
    Floats largest = Floats{} - std::numeric_limits<float>::infinity();
    for (size_t vector = 0; vector < vectors; ++vector) {
      Floats block;
      Load(logits.data() + i + vector * kLanes, block);
      largest = block > largest ? block : largest;
    }
    maxima.push_back(Largest(largest));
  }
  if (count > maxima.size()) return -std::numeric_limits<float>::infinity();
  std::ranges::nth_element(maxima, maxima.begin() + static_cast<ptrdiff_t>(count) - 1,
                           std::greater());
  return maxima[count - 1];
}

PGTS_CLONES ExponentialSums SumExponentials(std::span<const float> logits, float max,
                                            float inverse_temperature) {
  constexpr size_t kBlocks = 16;  // summed as float; 256 logits
  ExponentialSums sums;
  size_t i = 0;
  while (i + kLanes <= logits.size()) {
    Floats plain{}, tempered{};
    for (size_t block = 0; block < kBlocks && i + kLanes <= logits.size(); ++block, i += kLanes) {
      Floats x;
      Load(logits.data() + i, x);
      x -= max;
      Floats y = x * inverse_temperature;
      ExpInPlace(x);
      ExpInPlace(y);
      plain += x;
      tempered += y;
    }
    sums.plain += Total(plain);
    sums.tempered += Total(tempered);
  }
  for (; i < logits.size(); ++i) {
    sums.plain += ExpNonPositive(logits[i] - max);
    sums.tempered += ExpNonPositive((logits[i] - max) * inverse_temperature);
  }
  return sums;
}

PGTS_CLONES void CollectAtLeast(std::span<const float> logits, float floor,
                                std::vector<Token>& ids) {
  constexpr size_t kGroup = 4 * kLanes;  // most groups hold nothing
  size_t i = 0;
  for (; i + kGroup <= logits.size(); i += kGroup) {
    Ints hits{};
    for (size_t k = 0; k < kGroup; k += kLanes) {
      Floats block;
      Load(logits.data() + i + k, block);
      hits |= block >= floor;
    }
    int32_t any = 0;
    for (size_t lane = 0; lane < kLanes; ++lane) any |= hits[lane];
    if (any == 0) continue;
    for (size_t k = i; k < i + kGroup; ++k) {
      if (logits[k] >= floor) ids.push_back(static_cast<Token>(k));
    }
  }
  for (; i < logits.size(); ++i) {
    if (logits[i] >= floor) ids.push_back(static_cast<Token>(i));
  }
}

}  // namespace pgts::llm
