// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_tensor.h"

#include <ggml.h>

#include <algorithm>
#include <fstream>

#include "base/error.h"

namespace pgts::model {

std::vector<float> ReadTensor(const GgufHeader& file, const std::string& name) {
  const GgufTensor& tensor = file.Tensor(name);
  const auto type = static_cast<ggml_type>(tensor.type);
  std::vector<char> raw(tensor.bytes);
  std::ifstream stream(file.path(), std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(tensor.offset));
  if (!stream.read(raw.data(), static_cast<std::streamsize>(raw.size()))) {
    throw Error::Format("{}: cannot read tensor {}", file.path(), name);
  }
  std::vector<float> values(static_cast<size_t>(tensor.Elements()));
  if (type == GGML_TYPE_F32) {
    std::copy_n(reinterpret_cast<const float*>(raw.data()), values.size(), values.data());
    return values;
  }
  const ggml_to_float_t convert = ggml_get_type_traits(type)->to_float;
  if (convert == nullptr) {
    throw Error::Format("{}: tensor {} has type {}, which cannot be turned into float32",
                        file.path(), name, ggml_type_name(type));
  }
  convert(raw.data(), values.data(), static_cast<int64_t>(values.size()));
  return values;
}

}  // namespace pgts::model
