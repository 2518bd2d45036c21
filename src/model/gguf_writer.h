// SPDX-License-Identifier: Apache-2.0
// Writes a decoder as a GGUF file that llama.cpp loads: architecture qwen3 (qwen2 without the query
// and key norms) or llama, with the byte tokenizer of byte_vocab.h, or with the tokenizer and every
// other key of the GGUF file that the decoder came from. For LoRA see gguf_lora.h.
//
// The file is written under a temporary name beside `path` and renamed: nobody sees half of it.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace pgts::model {

class Decoder;

enum class WeightType { kF32, kF16, kBF16, kQ8_0 };
// "f32", "f16", "bf16" or "q8_0"; Error that names them.
WeightType ParseWeightType(std::string_view name);

struct GgufOptions {
  WeightType type = WeightType::kF32;           // of the matrices; vectors stay F32
  std::string name = "pgts-tiny";               // general.name
  std::map<std::string, std::string> metadata;  // free text; keys should begin with "pgts."
  std::string base;                             // GGUF whose tokenizer and keys are kept; "": bytes
};

// Throws Error when the folder cannot be written, when Q8_0 is asked for and a matrix row is no
// multiple of 32, when `base` cannot be read, or when the decoder has LoRA.
void WriteGguf(const std::string& path, const Decoder& decoder, const GgufOptions& options = {});

}  // namespace pgts::model
