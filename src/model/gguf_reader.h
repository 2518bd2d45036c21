// SPDX-License-Identifier: Apache-2.0
// Reads a GGUF file of architecture qwen3, qwen2 or llama into a trainable decoder, whatever the
// type of its weights. Throws Error for a file that is missing, damaged, truncated, of another
// architecture, or whose tensors do not fit its own keys; and, named, for what the decoder lacks:
// rope over a part of a head, scaled in another way than linear or by Llama 3's factors, experts,
// and tensors of any other kind.
#pragma once

#include <memory>
#include <string>

#include "model/decoder_shape.h"
#include "model/gguf_writer.h"

namespace pgts::model {

class Decoder;

DecoderShape ReadGgufShape(const std::string& path);

// `context` > 0 prepares positions for that many tokens only (a large model's own limit may be
// 262,144); it must not exceed the file's.
std::shared_ptr<Decoder> ReadGguf(const std::string& path, int64_t context = 0);

// The same as the base of a LoRA (Decoder::Freeze): matrices in `type` (kF32 or kBF16), which is
// the compute type, too. The whole model never stands in memory in float32.
std::shared_ptr<Decoder> ReadFrozenGguf(const std::string& path, int64_t context, WeightType type);

}  // namespace pgts::model
