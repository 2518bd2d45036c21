// SPDX-License-Identifier: Apache-2.0
// HashFile of base/files.h: four independent multiply-rotate lanes over 32-byte blocks, so that a
// model of many GB is hashed as fast as it is read. The result names worlds on disk: do not change.
#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>

#include "base/files.h"
#include "base/posix_file.h"

namespace pgts {
namespace {

constexpr uint64_t kOddA = 0x9E3779B97F4A7C15ULL;
constexpr uint64_t kOddB = 0xD6E8FEB86659FD93ULL;
constexpr size_t kBlockBytes = 32;
constexpr size_t kChunkBytes = 1 << 20;  // a multiple of kBlockBytes

using Lanes = std::array<uint64_t, 4>;

uint64_t Absorb(uint64_t lane, uint64_t word) {
  return std::rotl(lane ^ (word * kOddB), 29) * kOddA;
}

void AbsorbBlocks(Lanes& lanes, const char* bytes, size_t blocks) {
  for (size_t block = 0; block < blocks; ++block, bytes += kBlockBytes) {
    uint64_t words[4];
    std::memcpy(words, bytes, kBlockBytes);
    for (size_t i = 0; i < lanes.size(); ++i) lanes[i] = Absorb(lanes[i], words[i]);
  }
}

uint64_t Finish(const Lanes& lanes, uint64_t length) {
  uint64_t hash = length * kOddA;
  for (const uint64_t lane : lanes) hash = Absorb(hash, lane ^ (lane >> 31));
  hash = (hash ^ (hash >> 32)) * kOddB;
  return hash ^ (hash >> 29);
}

}  // namespace

std::string HashFile(const std::string& path) {
  const PosixFile file(path, O_RDONLY);
  Lanes lanes = {1, 2, 3, 4};
  uint64_t length = 0;
  std::string chunk(kChunkBytes, '\0');
  while (const size_t count = file.ReadUpTo(chunk.data(), chunk.size())) {
    length += count;
    // Only the last chunk can end within a block; it is filled with zeros, and the length tells.
    const size_t blocks = (count + kBlockBytes - 1) / kBlockBytes;
    std::memset(chunk.data() + count, 0, blocks * kBlockBytes - count);
    AbsorbBlocks(lanes, chunk.data(), blocks);
  }
  return fmt::format("{:016x}", Finish(lanes, length));
}

}  // namespace pgts
