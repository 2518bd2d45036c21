// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_writer.h"

#include <ggml.h>
#include <gguf.h>
#include <torch/utils.h>

#include <memory>

#include "base/error.h"
#include "model/decoder.h"
#include "model/gguf_builder.h"
#include "model/gguf_keys.h"
#include "model/gguf_reader.h"
#include "model/gguf_rows.h"
#include "model/gguf_tokenizer.h"

namespace pgts::model {
namespace {

void SetKeys(gguf_context* file, DecoderShape shape, const GgufOptions& options) {
  if (options.base.empty()) {
    SetShapeKeys(file, shape);
    SetByteTokenizer(file, shape.vocab);
  } else {
    // Training may have prepared fewer positions than the base knows; the weights serve them all.
    shape.context = ReadGgufShape(options.base).context;
    const std::unique_ptr<gguf_context, decltype(&gguf_free)> base(
        gguf_init_from_file(options.base.c_str(), {.no_alloc = true, .ctx = nullptr}), gguf_free);
    if (!base) throw Error::Format("{}: ggml cannot read its keys", options.base);
    gguf_set_kv(file, base.get());
    SetShapeKeys(file, shape);
  }
  gguf_set_val_str(file, "general.name", options.name.c_str());
  gguf_set_val_u32(file, "general.file_type", StoredAs(options.type).file_type);
  gguf_set_val_u32(file, "general.quantization_version", 2);
  for (const auto& [key, value] : options.metadata) {
    gguf_set_val_str(file, key.c_str(), value.c_str());
  }
}

}  // namespace

void WriteGguf(const std::string& path, const Decoder& decoder, const GgufOptions& options) {
  if (decoder.lora()) {
    throw Error::Format("{}: a decoder with LoRA is written as an adapter of its base", path);
  }
  const DecoderShape& shape = decoder.shape();
  GgufBuilder file(decoder.Weights().size() + 1);
  SetKeys(file.keys(), shape, options);
  for (const auto& [name, weight] : decoder.Weights()) {
    file.Add(name, RowsToFile(shape, name, weight), StoredAs(options.type).type);
  }
  if (!shape.rope_factors.empty()) {
    file.Add(kRopeFactors, torch::tensor(shape.rope_factors), GGML_TYPE_F32);
  }
  file.Write(path);
}

}  // namespace pgts::model
