// SPDX-License-Identifier: Apache-2.0
// An append-only file of records that each begin with a u64 key, and an index: the offsets of each
// key's records.
//
// Belongs to one thread.
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/binary.h"

namespace pgts::world {

// Sees each record as the file opens. False: the file ends before this record; it and what follows
// are cut.
using RecordVisitor = std::function<bool(std::string_view payload, int64_t offset)>;

class IndexedFile {
 public:
  struct Opening {
    std::string path;
    bool writable = true;
    std::optional<int64_t> keep;  // bytes; what follows is cut. Error if the file has fewer
    RecordVisitor visit;
  };
  explicit IndexedFile(const Opening& opening);

  // Appends a record whose payload begins with `key`; returns its offset.
  int64_t Append(uint64_t key, const RecordBuilder& record);
  // All records of a key, in the order in which they were written.
  std::vector<std::string> Read(uint64_t key);
  std::string ReadAt(int64_t offset);

  int64_t length() const { return writer_ ? writer_->length() : length_; }
  const std::string& path() const { return path_; }
  void Sync();

 private:
  void Index(const Opening& opening);

  std::string path_;
  int64_t length_ = 0;  // of the whole records found when it opened
  std::unordered_map<uint64_t, std::vector<int64_t>> offsets_;
  std::optional<RecordWriter> writer_;
  std::ifstream stream_;
};

}  // namespace pgts::world
