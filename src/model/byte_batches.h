// SPDX-License-Identifier: Apache-2.0
// Turns a stream of examples into batches of similar length. See pretrain.h.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "model/pretrain.h"

namespace pgts::model {

struct ByteSequence {
  std::vector<int64_t> tokens;  // prompt, completion, kEndToken
  int64_t prompt = 0;           // how many of them are the prompt
};

using ByteBatch = std::vector<ByteSequence>;  // never empty

class ByteBatches {
 public:
  ByteBatches(const PretrainOptions& options, const PretrainSource& source)
      : options_(options), source_(source) {}
  // rows * (longest row) <= batch_tokens, or one row.
  ByteBatch Next();

 private:
  void Refill();
  ByteSequence NextFitting();

  const PretrainOptions& options_;
  const PretrainSource& source_;
  int64_t next_example_ = 0;
  uint64_t pools_ = 0;
  std::deque<ByteBatch> ready_;
};

}  // namespace pgts::model
