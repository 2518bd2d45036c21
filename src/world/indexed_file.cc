// SPDX-License-Identifier: Apache-2.0
#include "world/indexed_file.h"

#include <stdexcept>

#include "base/error.h"
#include "base/log.h"

namespace pgts::world {

IndexedFile::IndexedFile(const Opening& opening) : path_(opening.path) {
  Index(opening);
  if (opening.writable) writer_.emplace(path_, length_);
}

void IndexedFile::Index(const Opening& opening) {
  RecordReader reader(path_);
  bool cut = false;
  while (!cut && (!opening.keep || reader.whole_length() < *opening.keep)) {
    const std::optional<std::string_view> payload = reader.Next();
    if (!payload) break;
    cut = opening.visit && !opening.visit(*payload, reader.offset());
    if (cut) break;
    offsets_[RecordParser(*payload, path_).Get<uint64_t>()].push_back(reader.offset());
    length_ = reader.whole_length();
  }
  if (opening.keep && length_ != *opening.keep) {
    throw Error::Format(
        "{}: holds {} bytes of whole records, the resume state expects {}; it was "
        "changed since: start again in another folder",
        path_, length_, *opening.keep);
  }
  if (opening.writable && (cut || reader.torn())) {
    Info("{}: cut what was being written when the last run ended", path_);
  }
}

int64_t IndexedFile::Append(uint64_t key, const RecordBuilder& record) {
  if (!writer_) throw std::logic_error(path_ + " was opened for reading");
  const int64_t offset = writer_->Append(record.bytes());
  offsets_[key].push_back(offset);
  return offset;
}

std::vector<std::string> IndexedFile::Read(uint64_t key) {
  std::vector<std::string> payloads;
  const auto found = offsets_.find(key);
  if (found == offsets_.end()) return payloads;
  for (int64_t offset : found->second) payloads.push_back(ReadAt(offset));
  return payloads;
}

// The checksum was compared when the file opened; what was written since is ours.
std::string IndexedFile::ReadAt(int64_t offset) {
  if (writer_) writer_->Flush();
  if (!stream_.is_open()) stream_.open(path_, std::ios::binary);
  stream_.clear();
  uint32_t head[2] = {};  // payload bytes, checksum
  stream_.seekg(offset);
  stream_.read(reinterpret_cast<char*>(head), sizeof(head));
  std::string payload(stream_ ? head[0] : 0, '\0');
  stream_.read(payload.data(), static_cast<std::streamsize>(payload.size()));
  if (!stream_) throw Error::Format("{}: cannot read the record at byte {}", path_, offset);
  return payload;
}

void IndexedFile::Sync() {
  if (writer_) writer_->Sync();
}

}  // namespace pgts::world
