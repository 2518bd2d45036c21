// SPDX-License-Identifier: Apache-2.0
// For tests: a KvBackend without a model. It keeps which token lies at which position of each
// sequence in a pool of shared cells, and its output is a hash of the whole path: any mistake in
// what is resident changes what is written.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <set>
#include <vector>

#include "llm/kv_backend.h"
#include "llm/token_ledger.h"

namespace pgts::llm {

// The output at the end of a path: `size` numbers in [0, 6).
inline std::vector<float> FakeOutput(std::span<const Token> path, int size) {
  const uint64_t hash = ExtendPathHash(kEmptyPathHash, path);
  std::vector<float> output;
  for (int i = 0; i < size; ++i) {
    output.push_back(static_cast<float>(ExtendPathHash(hash, i) % 6000) / 1000);
  }
  return output;
}

inline constexpr int kFakeWidth = 4;  // of a hidden state
inline std::vector<float> FakeState(std::span<const Token> path) {
  return FakeOutput(path, kFakeWidth);
}

class FakeKvBackend : public KvBackend {
 public:
  FakeKvBackend(int sequences, int cells, int vocabulary, int batch_tokens)
      : sequences_(sequences),
        cells_(cells),
        vocabulary_(vocabulary),
        batch_tokens_(batch_tokens) {}

  EvaluateStatus Evaluate(std::span<const Row> rows) override {
    EXPECT_LE(static_cast<int>(rows.size()), batch_tokens_);
    ++evaluations;
    if (used() + static_cast<int>(rows.size()) > cells_) {
      ++refusals;
      return EvaluateStatus::kNoCells;
    }
    outputs_.assign(rows.size(), {});
    for (size_t i = 0; i < rows.size(); ++i) {
      auto& sequence = sequences_[rows[i].sequence];
      EXPECT_EQ(rows[i].position, static_cast<int>(sequence.size()));
      sequence.push_back(std::make_shared<Token>(rows[i].token));
      cells_in_use_.push_back(sequence.back());
      ++tokens;
      if (rows[i].logits) outputs_[i].logits = FakeOutput(Path(rows[i].sequence), vocabulary_);
      if (rows[i].state) outputs_[i].state = FakeState(Path(rows[i].sequence));
      if (rows[i].logits && outputs_are_nan) outputs_[i].logits.assign(vocabulary_, NAN);
    }
    return EvaluateStatus::kDone;
  }

  RowOutput Output(int row) override {
    return {.logits = outputs_[row].logits, .state = outputs_[row].state};
  }

  void Remove(int sequence, int from) override {
    ASSERT_LE(from, static_cast<int>(sequences_[sequence].size()));
    sequences_[sequence].resize(from);
    if (from == 0) torn.erase(sequence);
  }

  void Share(int source, int target, int begin, int end) override {
    ASSERT_EQ(begin, static_cast<int>(sequences_[target].size()));
    ASSERT_LE(end, static_cast<int>(sequences_[source].size()));
    for (int i = begin; i < end; ++i) sequences_[target].push_back(sequences_[source][i]);
  }

  bool Whole(int sequence) const override { return !torn.contains(sequence); }

  int batch_tokens() const override { return batch_tokens_; }

  std::vector<Token> Path(int sequence) const {
    std::vector<Token> path;
    for (const auto& cell : sequences_[sequence]) path.push_back(*cell);
    return path;
  }

  // Cells that some sequence holds.
  int used() {
    std::erase_if(cells_in_use_, [](const auto& cell) { return cell.expired(); });
    return static_cast<int>(cells_in_use_.size());
  }

  bool outputs_are_nan = false;  // as from a damaged model
  std::set<int> torn;            // sequences that lost their beginning
  int evaluations = 0;
  int refusals = 0;
  int64_t tokens = 0;

 private:
  struct Outputs {
    std::vector<float> logits, state;
  };

  std::vector<std::vector<std::shared_ptr<Token>>> sequences_;
  std::vector<std::weak_ptr<Token>> cells_in_use_;
  std::vector<Outputs> outputs_;
  int cells_;
  int vocabulary_;
  int batch_tokens_;
};

}  // namespace pgts::llm
