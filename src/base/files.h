// SPDX-License-Identifier: Apache-2.0
// Files: whole-file reading, atomic writing, append-only files, locks, content hashes. Everything
// that fails throws Error with the path, the system's reason and, where known, the cure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/posix_file.h"

namespace pgts {

// The bytes of a regular file.
std::string ReadFile(const std::string& path);

// Writes under a temporary name in the same folder, syncs, and renames: a reader sees the old bytes
// or the new ones. Missing folders are made.
void WriteFileAtomic(const std::string& path, std::string_view bytes);

// Creates the folder that the file lies in, as MakeWritableDirectory.
void MakeFolderOf(const std::string& path);

// Creates the folder and its parents; Error unless it then exists and can be written to.
void MakeWritableDirectory(const std::string& path);

bool FileExists(const std::string& path);

// "c.gguf" of "a/b/c.gguf".
std::string FileName(const std::string& path);

// A file that only grows. length() is what a resume state records; opening with that length cuts
// what was written after it. Move-only; the destructor flushes.
class AppendFile {
 public:
  // keep: bytes to keep of an existing file (all, if not given); Error if it is shorter.
  explicit AppendFile(const std::string& path, std::optional<int64_t> keep = std::nullopt);
  ~AppendFile();
  AppendFile(AppendFile&& other) = default;
  AppendFile& operator=(AppendFile&&) = delete;

  void Append(std::string_view bytes);        // buffered
  void Flush();                               // to the system
  void Sync();                                // Flush, and to the disk
  int64_t length() const { return length_; }  // including what is buffered
  const std::string& path() const { return file_.path(); }

 private:
  PosixFile file_;
  int64_t length_ = 0;
  std::string buffer_;
};

// Holds `path` as the one writer until destroyed or the process ends, however it ends. Error says
// which process holds it.
class FileLock {
 public:
  explicit FileLock(const std::string& path);

 private:
  PosixFile file_;  // closing it releases the lock
};

// 64-bit hash of the content as 16 hex digits, the same on every machine. Names worlds; not
// cryptographic.
std::string HashFile(const std::string& path);

// The path that was modified last. If several are given (a shell expands an unquoted `*` so), one
// log line names it. Error if none exists or none is given.
std::string Newest(const std::vector<std::string>& paths);

// `pattern` with `*` in any component resolved to the newest match (by modification time), which
// one log line names; without `*` the pattern itself, whether it exists or not. Error if nothing
// matches.
std::string ResolveNewest(const std::string& pattern);

}  // namespace pgts
