// SPDX-License-Identifier: Apache-2.0
// The part of a model's text that is its answer to its own problem.
#pragma once

#include <cstddef>
#include <string_view>

namespace pgts::task {

// Without what was thought before it: what "</think>" ends. Thinking that does not end is read.
std::string_view WithoutThinking(std::string_view text);
bool EndsThinking(std::string_view text);  // whether there is such an end

// Without what a model goes on to write when it has answered: the next question, which opens a line
// ("Q:", "Q2:", "Problem:", "Example 2:", "User:", "### Instruction:") or a chat's turn
// ("<|im_start|>user"). `answered`: the offset after the first answer; npos: there is none. All of
// the text is returned then, and where a question comes before that answer: the text repeats the
// examples first, or asks itself.
std::string_view WithoutNextQuestion(std::string_view text, size_t answered);

}  // namespace pgts::task
