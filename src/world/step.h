// SPDX-License-Identifier: Apache-2.0
// One reasoning step of a world, and how the task reads it.
//
// A RawStep is what was sampled and stored. What it means (terminal, dead, its answer) is derived
// on reading, so that a mended grader mends old worlds:
//   terminal  its last step states an answer strictly, or the text ended and the path states one
//             by the flexible rule; never a step that was cut off (its answer may be half a number)
//   dead      empty, invalid UTF-8, context full, nothing left that no sibling says, or end of text
//             without an answer
//   truncated ended at max_new_tokens; an ordinary node that Expand continues
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "llm/generator.h"
#include "llm/prefix.h"
#include "task/task.h"

namespace pgts::world {

struct RawStep {
  std::vector<llm::Token> tokens;     // without the end-of-text token
  std::string text;                   // the pieces of `tokens`
  double log_prob = 0;                // sum, natural log, temperature 1, no truncation
  std::vector<float> draw_log_probs;  // Generation's, where siblings are distinct; else empty
  llm::StepEnd end = llm::StepEnd::kSeparator;
  int generated = 0;         // sampled tokens, the end-of-text token included: what is charged
  double seconds = 0;        // its share of the device time of the batches that wrote it
  std::vector<float> state;  // Generation::state, for the score alone: no world keeps it
};

struct Step {
  int id = 0;  // in its world; the root is 0
  int parent = -1;
  int attempt = 0;  // 1, 2, ... below its parent
  int depth = 0;
  RawStep raw;
  llm::PrefixPtr prefix;  // the path up to and including it
  bool terminal = false;
  bool dead = false;
  bool truncated = false;
  std::string answer;      // of a terminal step
  uint64_t text_hash = 0;  // equal for siblings of equal text
};

// Fills in what the task derives. `text_before`: the text of all steps before this one. `thinking`:
// the path begins in a thought, in which nothing is an answer until "</think>" ends it; a path that
// ends without it is read as it is.
void ReadStep(const task::Task& task, std::string_view text_before, Step& step,
              bool thinking = false);

// Valid UTF-8, allowing an incomplete character at the end if `cut_off`.
bool IsValidUtf8(std::string_view text, bool cut_off);

}  // namespace pgts::world
