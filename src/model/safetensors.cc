// SPDX-License-Identifier: Apache-2.0
#include "model/safetensors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/utils.h>

#include <array>
#include <bit>
#include <cstring>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/jsonl.h"

namespace pgts::model {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor data is little endian");

struct TypeName {
  const char* name;
  torch::ScalarType type;
};
constexpr std::array<TypeName, 10> kTypes = {{{"F64", torch::kFloat64},
                                              {"F32", torch::kFloat32},
                                              {"F16", torch::kFloat16},
                                              {"BF16", torch::kBFloat16},
                                              {"I64", torch::kInt64},
                                              {"I32", torch::kInt32},
                                              {"I16", torch::kInt16},
                                              {"I8", torch::kInt8},
                                              {"U8", torch::kUInt8},
                                              {"BOOL", torch::kBool}}};

const char* NameOf(const std::string& tensor, torch::ScalarType type) {
  for (const TypeName& known : kTypes) {
    if (known.type == type) return known.name;
  }
  throw Error::Format("safetensors: tensor {} has type {}, which the format lacks", tensor,
                      toString(type));
}

[[noreturn]] void Damaged(const std::string& path, const std::string& what) {
  throw Error::Format("{}: damaged safetensors file ({}); write or fetch it again", path, what);
}

torch::ScalarType TypeOf(const std::string& path, const std::string& name) {
  for (const TypeName& known : kTypes) {
    if (known.name == name) return known.type;
  }
  Damaged(path, fmt::format("unknown type {}", name));
}

// One entry of the header, checked against the size of the data.
struct Entry {
  torch::ScalarType type;
  std::vector<int64_t> shape;
  uint64_t begin = 0, end = 0;
};

// Elements of the shape; Damaged if a size is negative or the product leaves the file's bounds.
uint64_t CountElements(const std::string& path, const Entry& entry, uint64_t most) {
  uint64_t count = 1;
  for (const int64_t size : entry.shape) {
    if (size < 0) Damaged(path, "negative size");
    if (size > 0 && count > most / static_cast<uint64_t>(size)) Damaged(path, "size too large");
    count *= static_cast<uint64_t>(size);
  }
  return count;
}

Entry ParseEntry(const std::string& path, const std::string& name, const Json& json,
                 uint64_t data_size) {
  Entry entry;
  entry.type = TypeOf(path, json.at("dtype").get<std::string>());
  entry.shape = json.at("shape").get<std::vector<int64_t>>();
  const auto offsets = json.at("data_offsets").get<std::vector<uint64_t>>();
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_size) {
    Damaged(path, fmt::format("tensor {} lies outside the file: truncated?", name));
  }
  entry.begin = offsets[0];
  entry.end = offsets[1];
  const uint64_t bytes = entry.end - entry.begin;
  if (CountElements(path, entry, data_size) * c10::elementSize(entry.type) != bytes) {
    Damaged(path, fmt::format("tensor {} has {} bytes, its shape says otherwise", name, bytes));
  }
  return entry;
}

torch::Tensor MakeTensor(const Entry& entry, std::string_view data) {
  torch::Tensor tensor = torch::empty(entry.shape, entry.type);
  if (entry.end > entry.begin) {
    std::memcpy(tensor.data_ptr(), data.data() + entry.begin, entry.end - entry.begin);
  }
  return tensor;
}

Safetensors Parse(const std::string& path, std::string_view bytes) {
  uint64_t header_size = 0;
  if (bytes.size() < sizeof(header_size)) Damaged(path, "shorter than its first number");
  std::memcpy(&header_size, bytes.data(), sizeof(header_size));
  bytes.remove_prefix(sizeof(header_size));
  if (header_size > bytes.size()) Damaged(path, "the header is longer than the file: truncated?");
  const Json header = Json::parse(bytes.substr(0, header_size));
  const std::string_view data = bytes.substr(header_size);
  if (!header.is_object()) Damaged(path, "the header is not an object");

  Safetensors content;
  content.path = path;
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") {
      content.metadata = value.get<std::map<std::string, std::string>>();
    } else {
      content.tensors[name] = MakeTensor(ParseEntry(path, name, value, data.size()), data);
    }
  }
  return content;
}

}  // namespace

const torch::Tensor& Safetensors::Get(const std::string& name) const {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw Error::Format("{}: the tensor {} is missing", path, name);
  return found->second;
}

void WriteSafetensors(const std::string& path, const Safetensors& content) {
  Json header = Json::object();
  if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
  std::string data;
  for (const auto& [name, tensor] : content.tensors) {
    const torch::Tensor plain = tensor.detach().to(torch::kCPU).contiguous();
    const size_t begin = data.size();
    data.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
    header[name] = {{"dtype", NameOf(name, plain.scalar_type())},
                    {"shape", plain.sizes().vec()},
                    {"data_offsets", {begin, data.size()}}};
  }
  std::string text = JsonText(header);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // readers want the data aligned to 8 bytes
  const uint64_t size = text.size();
  std::string bytes(reinterpret_cast<const char*>(&size), sizeof(size));
  WriteFileAtomic(path, bytes + text + data);
}

Safetensors ReadSafetensors(const std::string& path) {
  const std::string bytes = ReadFile(path);
  try {
    return Parse(path, bytes);
  } catch (const Json::exception& failure) {
    Damaged(path, "the header is not what the format says");
  }
}

void CopyTensors(const Safetensors& from,
                 const std::vector<std::pair<std::string, torch::Tensor>>& targets) {
  for (const auto& [name, target] : targets) {
    const torch::Tensor& source = from.Get(name);
    if (source.sizes() == target.sizes()) continue;
    throw Error::Format("{}: tensor {} is [{}], [{}] is needed; take a file of that shape",
                        from.path, name, fmt::join(source.sizes().vec(), ", "),
                        fmt::join(target.sizes().vec(), ", "));
  }
  if (from.tensors.size() != targets.size()) {
    throw Error::Format("{}: holds {} tensors, {} are needed: it belongs to another shape",
                        from.path, from.tensors.size(), targets.size());
  }
  torch::NoGradGuard no_grad;
  for (const auto& [name, target] : targets) torch::Tensor(target).copy_(from.Get(name));
}

}  // namespace pgts::model
