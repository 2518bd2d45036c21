// SPDX-License-Identifier: Apache-2.0
// A decoder's LoRA as a GGUF adapter that llama.cpp loads beside the base model's GGUF:
//
//   keys     general.type "adapter", general.architecture, adapter.type "lora", adapter.lora.alpha,
//            pgts.base_hash (HashFile of the base: another base is refused)
//   tensors  <weight>.lora_a [rank, in] and <weight>.lora_b [out, rank] in F32, rows of B ordered
//            as those of the base's file (gguf_rows.h)
//
// llama.cpp adds alpha / rank · B A x to each product W x (src/llama-adapter.cpp), as the decoder
// does.
#pragma once

#include <string>

namespace pgts::model {

class Decoder;

// `base_path`: the GGUF that the decoder's frozen weights were read from. Throws Error when it
// cannot be read, when the decoder has no LoRA, and when the adapter cannot be written.
void WriteLoraAdapter(const std::string& path, const Decoder& decoder,
                      const std::string& base_path);

}  // namespace pgts::model
