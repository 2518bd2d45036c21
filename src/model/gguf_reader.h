// SPDX-License-Identifier: Apache-2.0
// Reads a GGUF file of architecture qwen3 or qwen2 into a trainable decoder, whatever the type of
// its weights. Throws Error for a file that is missing, damaged, truncated, of another
// architecture, or whose tensors do not fit its own keys.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "model/decoder_shape.h"

namespace pgts::model {

class Decoder;

DecoderShape ReadGgufShape(const std::string& path);

// `context` > 0 prepares positions for that many tokens only (a large model's own limit may be
// 262,144); it must not exceed the file's.
std::shared_ptr<Decoder> ReadGguf(const std::string& path, int64_t context = 0);

// The text keys that begin with "pgts.".
std::map<std::string, std::string> ReadGgufMetadata(const std::string& path);

}  // namespace pgts::model
