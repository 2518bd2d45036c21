// SPDX-License-Identifier: Apache-2.0
// For tests: a Machine without a model. It keeps which token lies at which position of each
// sequence in a pool of shared cells, and its output is a hash of the whole path: any mistake in
// what is resident changes what is written.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <set>
#include <vector>

#include "llm/machine.h"
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

inline std::vector<float> FakeState(std::span<const Token> path) { return FakeOutput(path, 4); }

class FakeMachine : public Machine {
 public:
  FakeMachine(int sequences, int cells, int output_size, int batch_tokens)
      : sequences_(sequences),
        cells_(cells),
        output_size_(output_size),
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
      if (!rows[i].output) continue;
      outputs_[i] = FakeOutput(Path(rows[i].sequence), output_size_);
      if (outputs_are_nan) outputs_[i].assign(output_size_, NAN);
    }
    return EvaluateStatus::kDone;
  }

  std::span<const float> Output(int row) override {
    EXPECT_FALSE(outputs_[row].empty());
    return outputs_[row];
  }

  void KeepStates(bool keep) override { keeps_states_ = keep; }

  // Four numbers that name the path, as FakeState has it.
  std::span<const float> State(int row) override {
    EXPECT_TRUE(keeps_states_);
    EXPECT_FALSE(outputs_[row].empty());
    return std::span(outputs_[row]).first(4);
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
  std::vector<std::vector<std::shared_ptr<Token>>> sequences_;
  std::vector<std::weak_ptr<Token>> cells_in_use_;
  std::vector<std::vector<float>> outputs_;
  bool keeps_states_ = false;
  int cells_;
  int output_size_;
  int batch_tokens_;
};

}  // namespace pgts::llm
