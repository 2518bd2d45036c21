// SPDX-License-Identifier: Apache-2.0
// The kinds of reward model, by what of the base is trained (reward_model.kind):
//
//   head   nothing: a two-label head on the base's hidden states. The base stays the file that it
//          is, in llama.cpp, of any architecture and quantisation; its hidden states are read once
//   lora   a LoRA beside its frozen matrices, in LibTorch: adapter.gguf, which llama.cpp applies to
//          the base's own file
//   full   everything, in LibTorch: model.gguf holds the fine-tuned decoder
//
// All of them are the same to who uses them: a folder (reward/reward_model.h) and a scorer.
#pragma once

#include <cstdint>
#include <string_view>

namespace pgts::reward {

enum class Kind { kHead, kLora, kFull };

std::string_view KindName(Kind kind);  // "head", "lora", "full"

// The kind with that name. Error (with `where`) for another.
Kind ParseKind(std::string_view name, std::string_view where);

// What `auto` stands for: lora where a base has so many weights that an optimiser's state of all of
// them would not fit beside them, else full.
Kind KindForSize(int64_t weights);

// The file of weights that a folder of this kind holds beside its head; null: the base's own serve.
const char* WeightsFile(Kind kind);

}  // namespace pgts::reward
