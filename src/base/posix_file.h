// SPDX-License-Identifier: Apache-2.0
// An open file descriptor whose failures are Errors that name the file. Internal to base/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pgts {

// "cannot <verb> <path>: <reason of errno `code`>" and a cure where one is known.
[[noreturn]] void ThrowFileError(std::string_view verb, const std::string& path, int code);

class PosixFile {
 public:
  // flags: as of open(2); new files get the usual permissions.
  PosixFile(std::string path, int flags);
  ~PosixFile();
  PosixFile(PosixFile&& other) noexcept;
  PosixFile& operator=(PosixFile&&) = delete;

  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }
  // Fewer bytes than asked for only at the end of the file.
  size_t ReadUpTo(char* bytes, size_t count) const;
  void WriteAll(std::string_view bytes) const;
  void Sync() const;

 private:
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace pgts
