// SPDX-License-Identifier: Apache-2.0
#include "model/byte_batches.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/random.h"
#include "model/byte_vocab.h"

namespace pgts::model {
namespace {

constexpr int64_t kPoolBatches = 16;  // enough to find rows of like length
constexpr int64_t kMostSkipped = 1000;

int64_t Length(const ByteSequence& sequence) {
  return static_cast<int64_t>(sequence.tokens.size());
}

}  // namespace

ByteSequence ByteBatches::NextFitting() {
  for (int64_t skipped = 0; skipped < kMostSkipped; ++skipped) {
    const PretrainExample example = source_(next_example_++);
    ByteSequence sequence;
    AppendBytes(example.prompt, sequence.tokens);
    sequence.prompt = Length(sequence);
    AppendBytes(example.completion, sequence.tokens);
    sequence.tokens.push_back(kEndToken);
    if (Length(sequence) <= options_.shape.context) return sequence;
  }
  throw Error::Format(
      "pretraining: {} examples in a row are longer than the context of {} tokens; "
      "raise `context`",
      kMostSkipped, options_.shape.context);
}

void ByteBatches::Refill() {
  std::vector<ByteSequence> pool;
  for (int64_t tokens = 0; tokens < kPoolBatches * options_.batch_tokens;) {
    pool.push_back(NextFitting());
    tokens += Length(pool.back());
  }
  std::stable_sort(pool.begin(), pool.end(), [](const ByteSequence& a, const ByteSequence& b) {
    return Length(a) < Length(b);
  });
  std::vector<ByteBatch> batches(1);
  for (ByteSequence& sequence : pool) {
    const int64_t rows = static_cast<int64_t>(batches.back().size()) + 1;
    if (rows > 1 && rows * Length(sequence) > options_.batch_tokens) batches.emplace_back();
    batches.back().push_back(std::move(sequence));
  }
  RandomStream stream(Key("pretrain-batches").With(options_.seed).With(pools_++));
  stream.Shuffle(std::span<ByteBatch>(batches));
  std::move(batches.begin(), batches.end(), std::back_inserter(ready_));
}

ByteBatch ByteBatches::Next() {
  if (ready_.empty()) Refill();
  ByteBatch batch = std::move(ready_.front());
  ready_.pop_front();
  return batch;
}

}  // namespace pgts::model
