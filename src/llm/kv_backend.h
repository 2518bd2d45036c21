// SPDX-License-Identifier: Apache-2.0
// The seam between our scheduling and a model that holds sequences in KV memory. Everything above
// it (residency.h, batcher.h) is tested against a fake; llama_kv_backend.h is the real one.
#pragma once

#include <span>

#include "llm/token.h"

namespace pgts::llm {

struct Row {
  Token token = 0;
  int position = 0;  // in its sequence; rows of one sequence come in order, after what is resident
  int sequence = 0;
  bool logits = false;  // are wanted
  bool state = false;   // the hidden state (encoder.h) is wanted
};

// What a row asked for; else empty.
struct RowOutput {
  std::span<const float> logits;  // [vocabulary]
  std::span<const float> state;   // [width]
};

enum class EvaluateStatus { kDone, kNoCells };

// Owned by one batcher, used by one thread at a time.
class KvBackend {
 public:
  virtual ~KvBackend() = default;

  // Evaluates at most batch_tokens() rows. kNoCells: the memory is full and nothing has changed.
  // Throws Error, with the memory as it was, for any other failure.
  virtual EvaluateStatus Evaluate(std::span<const Row> rows) = 0;

  // Of rows[row] of the last Evaluate; valid until the next one.
  virtual RowOutput Output(int row) = 0;

  // Forgets the positions [from, end) of a sequence.
  virtual void Remove(int sequence, int from) = 0;

  // Makes the positions [begin, end) of `source` resident in `target` too, without computing. The
  // target holds exactly [0, begin).
  virtual void Share(int source, int target, int begin, int end) = 0;

  // False once a sliding window has cost a sequence some of its first positions, which may happen
  // to any that is longer than the window while another one is evaluated. It can still be gone on
  // from at its end, but neither be cut back nor shared.
  virtual bool Whole(int sequence) const = 0;

  virtual int batch_tokens() const = 0;
};

}  // namespace pgts::llm
