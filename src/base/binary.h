// SPDX-License-Identifier: Apache-2.0
// Append-only files of binary records. On disk, little-endian:
//
//   record = u32 payload bytes | u32 CRC-32C of (length, payload) | payload
//
// The last record may be torn by a kill: the reader stops before it and whole_length() says where
// to cut. A bad record with good bytes after it is an Error (the disk or a stranger damaged it).
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "base/files.h"

namespace pgts {

static_assert(std::endian::native == std::endian::little, "record files are little-endian");

template <typename T>
concept Plain = std::is_arithmetic_v<T>;

// Builds one payload. Strings and lists carry a u32 count.
class RecordBuilder {
 public:
  template <Plain T>
  RecordBuilder& Put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
    return *this;
  }
  RecordBuilder& PutString(std::string_view text) {
    Put(static_cast<uint32_t>(text.size()));
    bytes_.append(text);
    return *this;
  }
  template <Plain T>
  RecordBuilder& PutList(std::span<const T> values) {
    Put(static_cast<uint32_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    return *this;
  }
  template <Plain T>
  RecordBuilder& PutList(const std::vector<T>& values) {
    return PutList(std::span<const T>(values));
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Takes a payload apart in the order in which it was built. Error if it ends early (a record of
// another version); `where` names the file for that.
class RecordParser {
 public:
  RecordParser(std::string_view payload, std::string_view where) : rest_(payload), where_(where) {}

  template <Plain T>
  T Get() {
    T value;
    std::memcpy(&value, Take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  std::string GetString() { return std::string(Take(Get<uint32_t>())); }
  template <Plain T>
  std::vector<T> GetList() {
    const size_t count = Get<uint32_t>();
    const std::string_view bytes = Take(count * sizeof(T));
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

 private:
  std::string_view Take(size_t bytes) {
    if (bytes > rest_.size()) {
      throw Error::Format("{}: a record ends early; it was written by another version", where_);
    }
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }

  std::string_view rest_;
  std::string where_;
};

class RecordWriter {
 public:
  // keep: see AppendFile; give RecordReader::whole_length() or what a resume state recorded.
  explicit RecordWriter(std::string path, std::optional<int64_t> keep = std::nullopt)
      : file_(std::move(path), keep) {}
  // Appends one record (buffered) and returns where it starts.
  int64_t Append(std::string_view payload);
  void Flush() { file_.Flush(); }
  void Sync() { file_.Sync(); }
  int64_t length() const { return file_.length(); }

 private:
  AppendFile file_;
};

// Reads a whole file, record by record. A file that does not exist has no records.
class RecordReader {
 public:
  explicit RecordReader(std::string path);
  // The next payload, valid while the reader lives; nothing at the end or before a torn record.
  std::optional<std::string_view> Next();
  int64_t offset() const { return offset_; }          // where the last returned record starts
  int64_t whole_length() const { return position_; }  // end of the last returned record
  bool torn() const { return torn_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::string bytes_;
  int64_t offset_ = 0;
  int64_t position_ = 0;
  bool torn_ = false;
};

}  // namespace pgts
