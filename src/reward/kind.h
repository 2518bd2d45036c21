// SPDX-License-Identifier: Apache-2.0
// The kinds of reward model, by what of the base is trained (reward_model.kind):
//
//   head   nothing: a two-label head on the base's hidden states. The base stays the file that it
//          is, in llama.cpp, of any architecture and quantisation; its hidden states are read once
//   full   everything, in LibTorch: model.gguf holds the fine-tuned decoder
//
// All of them are the same to who uses them: a folder (reward/reward_model.h) and a scorer.
#pragma once

#include <string_view>

namespace pgts::reward {

enum class Kind { kHead, kFull };

std::string_view KindName(Kind kind);  // "head", "full"

// The kind with that name. Error (with `where`) for another.
Kind ParseKind(std::string_view name, std::string_view where);

// The file of weights that a folder of this kind holds beside its head; null: the base's own serve.
const char* WeightsFile(Kind kind);

}  // namespace pgts::reward
