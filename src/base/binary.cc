// SPDX-License-Identifier: Apache-2.0
#include "base/binary.h"

#include <algorithm>

#include "base/crc32c.h"

namespace pgts {
namespace {

constexpr size_t kHeadBytes = 8;

uint32_t ReadU32(std::string_view bytes) {
  uint32_t value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

// The length is under the checksum too, so that a run of zeros is not a run of empty records.
uint32_t RecordChecksum(std::string_view length_bytes, std::string_view payload) {
  return Crc32c(payload, Crc32c(length_bytes));
}

bool AllZero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
}

}  // namespace

int64_t RecordWriter::Append(std::string_view payload) {
  const int64_t start = file_.length();
  const std::string length = RecordBuilder().Put(static_cast<uint32_t>(payload.size())).bytes();
  const uint32_t checksum = RecordChecksum(length, payload);
  file_.Append(length + RecordBuilder().Put(checksum).bytes());
  file_.Append(payload);
  return start;
}

RecordReader::RecordReader(std::string path) : path_(std::move(path)) {
  if (FileExists(path_)) bytes_ = ReadFile(path_);
}

std::optional<std::string_view> RecordReader::Next() {
  const std::string_view rest = std::string_view(bytes_).substr(static_cast<size_t>(position_));
  if (rest.empty()) return std::nullopt;
  const size_t payload_bytes = rest.size() < kHeadBytes ? 0 : ReadU32(rest);
  const size_t record_bytes = kHeadBytes + payload_bytes;
  torn_ = rest.size() < record_bytes;
  if (torn_) return std::nullopt;
  const std::string_view payload = rest.substr(kHeadBytes, payload_bytes);
  if (ReadU32(rest.substr(4)) != RecordChecksum(rest.substr(0, 4), payload)) {
    // A crash of the machine may leave a last record, or zeros, that never reached the disk.
    torn_ = rest.size() == record_bytes || AllZero(rest);
    if (torn_) return std::nullopt;
    throw Error::Format("{}: damaged record at byte {}; remove the file, or restore it from a copy",
                        path_, position_);
  }
  offset_ = position_;
  position_ += static_cast<int64_t>(record_bytes);
  return payload;
}

}  // namespace pgts
