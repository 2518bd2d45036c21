// SPDX-License-Identifier: Apache-2.0
// AppendFile and FileLock of base/files.h.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"

namespace pgts {
namespace {

constexpr size_t kBufferBytes = 1 << 16;

PosixFile OpenForWriting(const std::string& path) {
  MakeFolderOf(path);
  return PosixFile(path, O_RDWR | O_CREAT);
}

}  // namespace

AppendFile::AppendFile(const std::string& path, std::optional<int64_t> keep)
    : file_(OpenForWriting(path)) {
  const int64_t size = lseek(file_.descriptor(), 0, SEEK_END);
  if (size < 0) ThrowFileError("write", path, errno);
  length_ = keep.value_or(size);
  if (length_ > size) {
    throw Error::Format(
        "{} holds {} bytes, but the saved state says {}; it was changed or cut by "
        "something else",
        path, size, length_);
  }
  if (length_ == size) return;
  if (ftruncate(file_.descriptor(), length_) != 0) ThrowFileError("write", path, errno);
  lseek(file_.descriptor(), length_, SEEK_SET);
}

AppendFile::~AppendFile() {
  try {
    if (file_.descriptor() >= 0) Flush();
  } catch (const std::exception& error) {
    Warn("{}", error.what());
  }
}

void AppendFile::Append(std::string_view bytes) {
  buffer_.append(bytes);
  length_ += static_cast<int64_t>(bytes.size());
  if (buffer_.size() >= kBufferBytes) Flush();
}

void AppendFile::Flush() {
  // Forgotten first: after a failure (disk full) a second try must not write the bytes again.
  const std::string bytes = std::exchange(buffer_, {});
  file_.WriteAll(bytes);
}

void AppendFile::Sync() {
  Flush();
  file_.Sync();
}

FileLock::FileLock(const std::string& path) : file_(OpenForWriting(path)) {
  if (flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) ThrowFileError("lock", path, errno);
    char holder[32] = {};
    file_.ReadUpTo(holder, sizeof(holder) - 1);
    throw Error::Format("{} is held by process {}; wait for it to end, or use another folder",
                        std::filesystem::path(path).parent_path().string(),
                        holder[0] == '\0' ? "?" : holder);
  }
  if (ftruncate(file_.descriptor(), 0) != 0) ThrowFileError("lock", path, errno);
  file_.WriteAll(std::to_string(getpid()));
}

}  // namespace pgts
