// SPDX-License-Identifier: Apache-2.0
#include "model/gguf_file.h"

#include <ggml.h>
#include <gguf.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/error.h"

namespace pgts::model {
namespace {

// gguf.h reports what it dislikes only to its log: the last line is kept for our message.
thread_local std::string last_log_line;

void KeepLine(ggml_log_level level, const char* text, void*) {
  if (level != GGML_LOG_LEVEL_ERROR) return;
  std::string_view line(text);
  while (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  if (last_log_line.empty()) last_log_line = line;
}

class CaptureLog {
 public:
  CaptureLog() {
    ggml_log_get(&callback_, &data_);
    last_log_line.clear();
    ggml_log_set(KeepLine, nullptr);
  }
  ~CaptureLog() { ggml_log_set(callback_, data_); }
  std::string FirstError() const {
    const size_t colon = last_log_line.find(": ");  // "function: message"
    const std::string text = colon == std::string::npos ? "" : last_log_line.substr(colon + 2);
    return text.empty() ? "the header is damaged" : text;
  }

 private:
  ggml_log_callback callback_ = nullptr;
  void* data_ = nullptr;
};

constexpr const char* kCure = "fetch or write the file again";

}  // namespace

void GgufFile::FreeFile::operator()(gguf_context* file) const { gguf_free(file); }
void GgufFile::FreeTensors::operator()(ggml_context* tensors) const { ggml_free(tensors); }

GgufFile::GgufFile(const std::string& path) : path_(path) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) {
    throw Error::Format("{}: no such GGUF file", path);
  }
  const CaptureLog log;
  ggml_context* tensors = nullptr;
  file_.reset(gguf_init_from_file(path.c_str(), {.no_alloc = true, .ctx = &tensors}));
  tensors_.reset(tensors);
  if (!file_)
    throw Error::Format("{}: not a readable GGUF file ({}); {}", path, log.FirstError(), kCure);
  CheckTensorBounds();
}

GgufFile::~GgufFile() = default;

void GgufFile::CheckTensorBounds() const {
  const uint64_t size = std::filesystem::file_size(path_);
  const uint64_t begin = gguf_get_data_offset(file_.get());
  for (int64_t i = 0; i < gguf_get_n_tensors(file_.get()); ++i) {
    const uint64_t offset = begin + gguf_get_tensor_offset(file_.get(), i);
    const uint64_t bytes = gguf_get_tensor_size(file_.get(), i);
    if (offset <= size && bytes <= size - offset) continue;
    throw Error::Format("{}: truncated: tensor {} ends at byte {}, the file has {}; {}", path_,
                        gguf_get_tensor_name(file_.get(), i), offset + bytes, size, kCure);
  }
}

bool GgufFile::Has(const std::string& key) const {
  return gguf_find_key(file_.get(), key.c_str()) >= 0;
}

int64_t GgufFile::FindKey(const std::string& key) const {
  const int64_t id = gguf_find_key(file_.get(), key.c_str());
  if (id < 0) throw Error::Format("{}: the key {} is missing", path_, key);
  return id;
}

std::string GgufFile::Text(const std::string& key) const {
  const int64_t id = FindKey(key);
  if (gguf_get_kv_type(file_.get(), id) != GGUF_TYPE_STRING) {
    throw Error::Format("{}: the key {} is not text", path_, key);
  }
  return gguf_get_val_str(file_.get(), id);
}

int64_t GgufFile::Integer(const std::string& key) const {
  const int64_t id = FindKey(key);
  switch (gguf_get_kv_type(file_.get(), id)) {
    case GGUF_TYPE_UINT32: return gguf_get_val_u32(file_.get(), id);
    case GGUF_TYPE_INT32: return gguf_get_val_i32(file_.get(), id);
    case GGUF_TYPE_UINT64: return static_cast<int64_t>(gguf_get_val_u64(file_.get(), id));
    case GGUF_TYPE_INT64: return gguf_get_val_i64(file_.get(), id);
    default: throw Error::Format("{}: the key {} is not an integer", path_, key);
  }
}

double GgufFile::Number(const std::string& key) const {
  const int64_t id = FindKey(key);
  switch (gguf_get_kv_type(file_.get(), id)) {
    case GGUF_TYPE_FLOAT32: return gguf_get_val_f32(file_.get(), id);
    case GGUF_TYPE_FLOAT64: return gguf_get_val_f64(file_.get(), id);
    default: throw Error::Format("{}: the key {} is not a number", path_, key);
  }
}

std::map<std::string, std::string> GgufFile::Texts(const std::string& prefix) const {
  std::map<std::string, std::string> texts;
  for (int64_t i = 0; i < gguf_get_n_kv(file_.get()); ++i) {
    const std::string key = gguf_get_key(file_.get(), i);
    if (!key.starts_with(prefix) || gguf_get_kv_type(file_.get(), i) != GGUF_TYPE_STRING) continue;
    texts[key] = gguf_get_val_str(file_.get(), i);
  }
  return texts;
}

bool GgufFile::HasTensor(const std::string& name) const {
  return gguf_find_tensor(file_.get(), name.c_str()) >= 0;
}

std::vector<std::string> GgufFile::TensorNames() const {
  std::vector<std::string> names;
  for (int64_t i = 0; i < gguf_get_n_tensors(file_.get()); ++i) {
    names.emplace_back(gguf_get_tensor_name(file_.get(), i));
  }
  return names;
}

int64_t GgufFile::CountElements() const {
  int64_t count = 0;
  for (ggml_tensor* tensor = ggml_get_first_tensor(tensors_.get()); tensor != nullptr;
       tensor = ggml_get_next_tensor(tensors_.get(), tensor)) {
    count += ggml_nelements(tensor);
  }
  return count;
}

int64_t GgufFile::FindTensor(const std::string& name) const {
  const int64_t id = gguf_find_tensor(file_.get(), name.c_str());
  if (id < 0) throw Error::Format("{}: the tensor {} is missing", path_, name);
  return id;
}

std::vector<int64_t> GgufFile::Size(const std::string& name) const {
  FindTensor(name);
  const ggml_tensor* tensor = ggml_get_tensor(tensors_.get(), name.c_str());
  std::vector<int64_t> size;
  for (int i = ggml_n_dims(tensor) - 1; i >= 0; --i) size.push_back(tensor->ne[i]);
  return size;
}

std::vector<float> GgufFile::Read(const std::string& name) const {
  const int64_t id = FindTensor(name);
  const ggml_tensor* tensor = ggml_get_tensor(tensors_.get(), name.c_str());
  std::vector<char> raw(gguf_get_tensor_size(file_.get(), id));
  std::ifstream stream(path_, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(gguf_get_data_offset(file_.get()) +
                                           gguf_get_tensor_offset(file_.get(), id)));
  if (!stream.read(raw.data(), static_cast<std::streamsize>(raw.size()))) {
    throw Error::Format("{}: cannot read tensor {}", path_, name);
  }
  std::vector<float> values(ggml_nelements(tensor));
  if (tensor->type == GGML_TYPE_F32) {
    std::copy_n(reinterpret_cast<const float*>(raw.data()), values.size(), values.data());
    return values;
  }
  const ggml_to_float_t convert = ggml_get_type_traits(tensor->type)->to_float;
  if (convert == nullptr) {
    throw Error::Format("{}: tensor {} has type {}, which cannot be turned into float32", path_,
                        name, ggml_type_name(tensor->type));
  }
  convert(raw.data(), values.data(), static_cast<int64_t>(values.size()));
  return values;
}

}  // namespace pgts::model
