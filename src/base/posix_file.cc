// SPDX-License-Identifier: Apache-2.0
#include "base/posix_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace pgts {
namespace {

std::string_view CureFor(int code) {
  switch (code) {
    case ENOENT: return "; check the path";
    case ENOSPC: return "; free space on that disk";
    case EACCES: return "; check the permissions";
    default: return "";
  }
}

}  // namespace

void ThrowFileError(std::string_view verb, const std::string& path, int code) {
  throw Error::Format("cannot {} {}: {}{}", verb, path, std::strerror(code), CureFor(code));
}

PosixFile::PosixFile(std::string path, int flags) : path_(std::move(path)) {
  descriptor_ = open(path_.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor_ < 0) {
    ThrowFileError((flags & O_ACCMODE) == O_RDONLY ? "read" : "write", path_, errno);
  }
}

PosixFile::~PosixFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

size_t PosixFile::ReadUpTo(char* bytes, size_t count) const {
  size_t done = 0;
  while (done < count) {
    const ssize_t got = read(descriptor_, bytes + done, count - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) ThrowFileError("read", path_, errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

void PosixFile::WriteAll(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t put = write(descriptor_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) ThrowFileError("write", path_, errno);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
}

void PosixFile::Sync() const {
  if (fsync(descriptor_) != 0) ThrowFileError("write", path_, errno);
}

}  // namespace pgts
