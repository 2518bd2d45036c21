// SPDX-License-Identifier: Apache-2.0
#include "base/gguf_header.h"

#include <cmath>
#include <concepts>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/error.h"

namespace pgts {
namespace {

constexpr std::string_view kCure = "fetch or write the file again";
constexpr int kMaxNesting = 4;
constexpr uint64_t kMaxName = 1 << 16;
constexpr uint64_t kMaxText = 1 << 26;  // of a value, such as a chat template
constexpr uint64_t kBuffer = 1 << 12;

// The types of a header's values.
enum ValueType : uint32_t {
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kFloat32,
  kBool,
  kString,
  kArray,
  kUint64,
  kInt64,
  kFloat64,
  kValueTypes
};

// Bytes of a value of each; 0 for strings and arrays.
constexpr uint64_t kValueBytes[kValueTypes] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

constexpr GgufBlock kBlocks[] = {
    {1, 4},     {1, 2},     {32, 18},   {32, 20},  {},         {},         {32, 22},  // f32 to q5_0
    {32, 24},   {32, 34},   {32, 36},   {256, 84}, {256, 110}, {256, 144},  // q5_1 to q4_k
    {256, 176}, {256, 210}, {256, 292}, {256, 66}, {256, 74},  {256, 98},   // q5_k to iq3_xxs
    {256, 50},  {32, 18},   {256, 110}, {256, 82}, {256, 136},              // iq1_s to iq4_xs
    {1, 1},     {1, 2},     {1, 4},     {1, 8},    {1, 8},     {256, 56},  {1, 2},  // i8 to bf16
    {},         {},         {},         {256, 54}, {256, 66},  {},         {},
    {},                                             // tq1_0, tq2_0
    {32, 17},   {64, 36},   {128, 18},  {64, 18}};  // mxfp4 to q2_0

// The bytes of a file from its beginning on.
class ByteReader {
 public:
  explicit ByteReader(const std::string& path) : path_(path), file_(path, std::ios::binary) {
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
    if (length > limit) Fail("is damaged: a text in its header is too long");
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

}  // namespace

class GgufHeader::Parser {
 public:
  explicit Parser(GgufHeader& header) : header_(header), bytes_(header.path_) {}

  void Parse() {
    if (bytes_.size() < 4 || bytes_.Number<uint32_t>() != 0x46554747) {  // "GGUF"
      throw Error::Format("model file {} is not a GGUF file; give a model in that format",
                          header_.path_);
    }
    const auto version = bytes_.Number<uint32_t>();
    if (version < 2 || version > 3) {
      throw Error::Format("model file {} has GGUF version {}; 2 and 3 are known", header_.path_,
                          version);
    }
    const auto tensors = bytes_.Number<uint64_t>();
    const auto values = bytes_.Number<uint64_t>();
    bytes_.Need(values);
    bytes_.Need(tensors);
    for (uint64_t i = 0; i < values; ++i) ReadKey();
    for (uint64_t i = 0; i < tensors; ++i) ReadTensor();
    PlaceTensors(Alignment());
    header_.file_bytes_ = static_cast<int64_t>(bytes_.size());
  }

 private:
  void ReadKey() {
    const std::string key = bytes_.String(kMaxName);
    const auto type = bytes_.Number<uint32_t>();
    if (!header_.values_.emplace(key, ReadValue(key, type)).second) {
      bytes_.Fail("is damaged: the key " + key + " stands there twice");
    }
  }

  Value ReadValue(const std::string& key, uint32_t type) {
    switch (type) {
      case kUint8: return int64_t{bytes_.Number<uint8_t>()};
      case kInt8: return int64_t{bytes_.Number<int8_t>()};
      case kUint16: return int64_t{bytes_.Number<uint16_t>()};
      case kInt16: return int64_t{bytes_.Number<int16_t>()};
      case kUint32: return int64_t{bytes_.Number<uint32_t>()};
      case kInt32: return int64_t{bytes_.Number<int32_t>()};
      case kUint64: return static_cast<int64_t>(bytes_.Number<uint64_t>());
      case kInt64: return bytes_.Number<int64_t>();
      case kFloat32: return Checked(key, bytes_.Number<float>());
      case kFloat64: return Checked(key, bytes_.Number<double>());
      case kString: return bytes_.String(kMaxText);
      default: SkipValue(type, 0); return {};
    }
  }

  double Checked(const std::string& key, std::floating_point auto value) const {
    // llama.cpp aborts on such an epsilon only when it evaluates the first token.
    const bool negative = key.ends_with("epsilon") && value < 0;
    if (!std::isfinite(value) || negative) {
      bytes_.Fail(fmt::format("is damaged: {} = {}", key, value));
    }
    return value;
  }

  void SkipValue(uint32_t type, int nesting) {
    if (type >= kValueTypes) bytes_.Fail("is damaged: a value in its header has an unknown type");
    if (type == kString) {
      bytes_.Skip(bytes_.Number<uint64_t>());
    } else if (type != kArray) {
      bytes_.Skip(kValueBytes[type]);
    } else {
      const auto element = bytes_.Number<uint32_t>();
      const auto count = bytes_.Number<uint64_t>();
      if (element >= kValueTypes || nesting >= kMaxNesting) bytes_.Fail("is damaged: a bad array");
      bytes_.Need(count);  // each has at least a byte, and the product below cannot overflow
      if (kValueBytes[element] > 0) {
        bytes_.Skip(count * kValueBytes[element]);
      } else {
        for (uint64_t i = 0; i < count; ++i) SkipValue(element, nesting + 1);
      }
    }
  }

  uint64_t Alignment() const {
    constexpr const char* kKey = "general.alignment";
    const int64_t alignment = header_.Has(kKey) ? header_.Integer(kKey) : 32;
    if (alignment <= 0 || alignment > 1 << 20 || (alignment & (alignment - 1)) != 0) {
      bytes_.Fail("is damaged: its alignment is not a power of two");
    }
    return static_cast<uint64_t>(alignment);
  }

  // Its offset counts from the start of the data, which is not known yet.
  void ReadTensor() {
    const std::string name = bytes_.String(kMaxName);
    const auto dimensions = bytes_.Number<uint32_t>();
    if (dimensions > 4) bytes_.Fail("is damaged: tensor " + name + " has too many dimensions");
    GgufTensor tensor;
    uint64_t elements = 1, columns = 1;
    for (uint32_t i = 0; i < dimensions; ++i) {
      const auto size = bytes_.Number<uint64_t>();
      if (i == 0) columns = size;
      if (size == 0 || size > (uint64_t{1} << 40) / elements) {
        bytes_.Fail("is damaged: tensor " + name + " has an impossible size");
      }
      elements *= size;
      tensor.size.insert(tensor.size.begin(), static_cast<int64_t>(size));
    }
    tensor.type = bytes_.Number<uint32_t>();
    tensor.offset = bytes_.Number<uint64_t>();
    const GgufBlock block = GgufBlockOf(tensor.type);
    if (block.elements == 0) bytes_.Fail("has a weight type that this build does not know");
    if (columns % block.elements != 0) {
      bytes_.Fail("is damaged: tensor " + name + " does not fill its blocks");
    }
    tensor.bytes = elements / block.elements * block.bytes;
    names_.push_back(name);
    if (!header_.tensors_.emplace(name, std::move(tensor)).second) {
      bytes_.Fail("is damaged: tensor " + name + " stands there twice");
    }
  }

  void PlaceTensors(uint64_t alignment) {
    const uint64_t begin = (bytes_.position() + alignment - 1) / alignment * alignment;
    for (const std::string& name : names_) {
      GgufTensor& tensor = header_.tensors_.at(name);
      if (tensor.offset > bytes_.size() || begin + tensor.offset + tensor.bytes > bytes_.size()) {
        bytes_.Fail(
            fmt::format("is cut short: tensor {} lies beyond its {} bytes", name, bytes_.size()));
      }
      tensor.offset += begin;
    }
  }

  GgufHeader& header_;
  ByteReader bytes_;
  std::vector<std::string> names_;  // of the tensors, in the file's order
};

GgufHeader::GgufHeader(const std::string& path) : path_(path) { Parser(*this).Parse(); }

template <typename T>
const T& GgufHeader::Get(const std::string& key, const char* kind) const {
  const auto found = values_.find(key);
  if (found == values_.end()) throw Error::Format("{}: the key {} is missing", path_, key);
  const T* value = std::get_if<T>(&found->second);
  if (value == nullptr) throw Error::Format("{}: the key {} is not {}", path_, key, kind);
  return *value;
}

std::string GgufHeader::Text(const std::string& key) const { return Get<std::string>(key, "text"); }

std::string GgufHeader::Text(const std::string& key, std::string_view otherwise) const {
  return Has(key) ? Text(key) : std::string(otherwise);
}

int64_t GgufHeader::Integer(const std::string& key) const {
  return Get<int64_t>(key, "an integer");
}

double GgufHeader::Number(const std::string& key) const { return Get<double>(key, "a number"); }

const GgufTensor& GgufHeader::Tensor(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw Error::Format("{}: the tensor {} is missing", path_, name);
  return found->second;
}

int64_t GgufTensor::Elements() const {
  int64_t elements = 1;
  for (const int64_t length : size) elements *= length;
  return elements;
}

int64_t GgufHeader::CountElements() const {
  int64_t count = 0;
  for (const auto& [name, tensor] : tensors_) count += tensor.Elements();
  return count;
}

GgufBlock GgufBlockOf(uint32_t type) {
  return type < std::size(kBlocks) ? kBlocks[type] : GgufBlock();
}

}  // namespace pgts
