// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_gguf_check.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace pgts::llm {
namespace {

constexpr std::string_view kCure = "fetch or write the file again";
constexpr uint32_t kFloat32 = 6, kString = 8, kArray = 9, kTypeCount = 13;  // gguf value types
constexpr int kMaxNesting = 4;
constexpr uint64_t kMaxName = 1 << 16;
constexpr uint64_t kBuffer = 1 << 12;

// Bytes of a value of each fixed-size type; 0 for strings and arrays.
constexpr uint64_t kValueBytes[kTypeCount] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), file_(path, std::ios::binary) {
    std::error_code failure;
    if (!std::filesystem::exists(path, failure)) {
      throw Error::Format("model file {} does not exist", path);
    }
    if (!std::filesystem::is_regular_file(path, failure)) {
      throw Error::Format("model file {} is not a file; name the .gguf itself", path);
    }
    size_ = std::filesystem::file_size(path, failure);
    if (failure || !file_) throw Error::Format("model file {} cannot be read", path);
  }

  [[noreturn]] void Fail(const std::string& what) const {
    throw Error::Format("model file {} {}; {}", path_, what, kCure);
  }

  void Need(uint64_t bytes) const {
    if (bytes > size_ - position_) {
      Fail(fmt::format("is cut short: {} bytes, and its header goes on", size_));
    }
  }

  template <typename T>
  T Number() {
    T value;
    Need(sizeof(value));
    file_.read(reinterpret_cast<char*>(&value), sizeof(value));
    position_ += sizeof(value);
    return value;
  }

  std::string String(uint64_t limit) {
    const auto length = Number<uint64_t>();
    Need(length);
    if (length > limit) Fail("is damaged: a name in its header is too long");
    std::string text(length, '\0');
    file_.read(text.data(), static_cast<std::streamsize>(length));
    position_ += length;
    return text;
  }

  void Skip(uint64_t bytes) {
    Need(bytes);
    position_ += bytes;
    // A seek drops the stream's buffer: too slow for the many short strings of a vocabulary.
    if (bytes < kBuffer) {
      file_.ignore(static_cast<std::streamsize>(bytes));
    } else {
      file_.seekg(static_cast<std::streamoff>(position_));
    }
  }

  uint64_t position() const { return position_; }
  uint64_t size() const { return size_; }

 private:
  std::string path_;
  std::ifstream file_;
  uint64_t size_ = 0;
  uint64_t position_ = 0;
};

void SkipValue(Reader& reader, uint32_t type, int nesting) {
  if (type >= kTypeCount) reader.Fail("is damaged: a value in its header has an unknown type");
  if (type == kString) {
    reader.Skip(reader.Number<uint64_t>());
  } else if (type != kArray) {
    reader.Skip(kValueBytes[type]);
  } else {
    const auto element = reader.Number<uint32_t>();
    const auto count = reader.Number<uint64_t>();
    if (element >= kTypeCount || nesting >= kMaxNesting) reader.Fail("is damaged: a bad array");
    reader.Need(count);  // each element has at least a byte, and the product below cannot overflow
    if (kValueBytes[element] > 0) {
      reader.Skip(count * kValueBytes[element]);
    } else {
      for (uint64_t i = 0; i < count; ++i) SkipValue(reader, element, nesting + 1);
    }
  }
}

struct Metadata {
  GgufSummary summary;
  uint64_t alignment = 32;
};

// The text keys that a summary keeps.
bool ReadText(Reader& reader, const std::string& key, uint32_t type, GgufSummary& summary) {
  std::string general_type;
  std::string* target = nullptr;
  if (key == "general.architecture") target = &summary.architecture;
  if (key == "general.type") target = &general_type;
  if (key == "adapter.type") target = &summary.adapter_type;
  if (key == "pgts.base_hash") target = &summary.base_hash;
  if (target == nullptr) return false;
  if (type != kString) reader.Fail("is damaged: " + key + " is not text");
  *target = reader.String(kMaxName);
  if (key == "general.type") summary.is_adapter = general_type == "adapter";
  return true;
}

void ReadValue(Reader& reader, Metadata& metadata) {
  const std::string key = reader.String(kMaxName);
  const auto type = reader.Number<uint32_t>();
  if (ReadText(reader, key, type, metadata.summary)) return;
  if (type == kFloat32) {
    const auto value = reader.Number<float>();
    // llama.cpp aborts on such an epsilon only when it evaluates the first token.
    const bool negative = key.ends_with("epsilon") && value < 0;
    if (!std::isfinite(value) || negative) {
      reader.Fail(fmt::format("is damaged: {} = {}", key, value));
    }
  } else if (key == "general.alignment") {
    if (type != 4) reader.Fail("is damaged: general.alignment is not a uint32");
    metadata.alignment = reader.Number<uint32_t>();
    const uint64_t alignment = metadata.alignment;
    if (alignment == 0 || alignment > 1 << 20 || (alignment & (alignment - 1)) != 0) {
      reader.Fail("is damaged: its alignment is not a power of two");
    }
  } else {
    SkipValue(reader, type, 0);
  }
}

// Adds the tensor; returns where it ends, counted from the start of the data.
uint64_t ReadTensor(Reader& reader, std::vector<GgufTensor>& tensors) {
  const std::string name = reader.String(kMaxName);
  const auto dimensions = reader.Number<uint32_t>();
  if (dimensions > 4) reader.Fail("is damaged: tensor " + name + " has too many dimensions");
  uint64_t elements = 1, columns = 1;
  for (uint32_t i = 0; i < dimensions; ++i) {
    const auto size = reader.Number<uint64_t>();
    if (i == 0) columns = size;
    if (size == 0 || size > (uint64_t{1} << 40) / elements) {
      reader.Fail("is damaged: tensor " + name + " has an impossible size");
    }
    elements *= size;
  }
  const auto type = reader.Number<uint32_t>();
  const auto offset = reader.Number<uint64_t>();
  if (offset > reader.size()) reader.Fail("is cut short: tensor " + name + " lies beyond its end");
  if (type >= GGML_TYPE_COUNT) reader.Fail("has a weight type that this build does not know");
  const auto weight_type = static_cast<ggml_type>(type);
  const auto block = static_cast<uint64_t>(ggml_blck_size(weight_type));
  if (block == 0 || columns % block != 0) {
    reader.Fail("is damaged: tensor " + name + " does not fill its blocks");
  }
  tensors.push_back({name, dimensions, weight_type});
  return offset + elements / block * ggml_type_size(weight_type);
}

}  // namespace

GgufSummary CheckGguf(const std::string& path) {
  Reader reader(path);
  if (reader.size() < 4 || reader.Number<uint32_t>() != 0x46554747) {  // "GGUF"
    throw Error::Format("model file {} is not a GGUF file; give a model in that format", path);
  }
  const auto version = reader.Number<uint32_t>();
  if (version < 2 || version > 3) {
    throw Error::Format("model file {} has GGUF version {}; 2 and 3 are known", path, version);
  }
  const auto tensors = reader.Number<uint64_t>();
  const auto values = reader.Number<uint64_t>();
  reader.Need(values);
  reader.Need(tensors);
  Metadata metadata;
  for (uint64_t i = 0; i < values; ++i) ReadValue(reader, metadata);
  uint64_t data_bytes = 0;
  for (uint64_t i = 0; i < tensors; ++i) {
    data_bytes = std::max(data_bytes, ReadTensor(reader, metadata.summary.tensors));
  }
  const uint64_t mask = metadata.alignment - 1;
  const uint64_t needed = ((reader.position() + mask) & ~mask) + data_bytes;
  if (reader.size() < needed) {
    reader.Fail(fmt::format("is cut short: {} of at least {} bytes", reader.size(), needed));
  }
  if (metadata.summary.architecture.empty()) reader.Fail("names no general.architecture");
  metadata.summary.file_bytes = static_cast<int64_t>(reader.size());
  return std::move(metadata.summary);
}

}  // namespace pgts::llm
