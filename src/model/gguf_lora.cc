// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_lora.h"

#include <fmt/format.h>
#include <gguf.h>

#include "base/error.h"
#include "base/files.h"
#include "model/decoder.h"
#include "model/gguf_builder.h"
#include "model/gguf_reader.h"
#include "model/gguf_rows.h"

namespace pgts::model {

void WriteLoraAdapter(const std::string& path, const Decoder& decoder,
                      const std::string& base_path) {
  if (!decoder.lora()) throw Error::Format("{}: the decoder has no LoRA to write", path);
  const DecoderShape& shape = decoder.shape();
  const std::string architecture = ArchitectureOf(ReadGgufShape(base_path));
  if (architecture != ArchitectureOf(shape)) {
    throw Error::Format("{}: architecture is {}, the decoder's is {}", base_path, architecture,
                        ArchitectureOf(shape));
  }
  GgufBuilder file(decoder.LoraWeights().size());
  gguf_set_val_str(file.keys(), "general.type", "adapter");
  gguf_set_val_str(file.keys(), "general.architecture", architecture.c_str());
  gguf_set_val_str(file.keys(), "general.name", "pgts LoRA");
  gguf_set_val_str(file.keys(), "adapter.type", "lora");
  gguf_set_val_f32(file.keys(), "adapter.lora.alpha", static_cast<float>(decoder.lora()->alpha));
  gguf_set_val_str(file.keys(), "pgts.base_hash", HashFile(base_path).c_str());
  for (const auto& [name, weight] : decoder.LoraWeights()) {
    file.Add(name, RowsToFile(shape, name, weight), GGML_TYPE_F32);
  }
  file.Write(path);
}

}  // namespace pgts::model
