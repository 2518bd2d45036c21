// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/error.h"
#include "base/log.h"

namespace pgts {
namespace {

namespace fs = std::filesystem;

// `?`, `[` and `\` are ordinary characters here.
std::string EscapeForGlob(const std::string& pattern) {
  std::string escaped;
  for (const char c : pattern) {
    if (c == '?' || c == '[' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::vector<std::string> Matches(const std::string& pattern) {
  glob_t found = {};
  std::vector<std::string> paths;
  if (glob(EscapeForGlob(pattern).c_str(), 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

// Empty if none of them exists.
std::string LastChanged(const std::vector<std::string>& paths) {
  std::string newest;
  fs::file_time_type newest_time;
  for (const std::string& path : paths) {
    std::error_code code;
    const fs::file_time_type time = fs::last_write_time(path, code);
    // Later in order wins a tie: run names end in their time.
    if (code || (!newest.empty() && time < newest_time)) continue;
    newest = path;
    newest_time = time;
  }
  return newest;
}

}  // namespace

std::string ReadFile(const std::string& path) {
  const PosixFile file(path, O_RDONLY);
  struct stat info = {};
  if (fstat(file.descriptor(), &info) != 0) ThrowFileError("read", path, errno);
  if (S_ISDIR(info.st_mode)) throw Error::Format("{} is a folder; a file is needed", path);
  std::string bytes(static_cast<size_t>(info.st_size), '\0');
  bytes.resize(file.ReadUpTo(bytes.data(), bytes.size()));
  // What has no size beforehand (a pipe) or grew meanwhile.
  char more[4096];
  while (const size_t count = file.ReadUpTo(more, sizeof(more))) bytes.append(more, count);
  return bytes;
}

void WriteFileAtomic(const std::string& path, std::string_view bytes) {
  MakeFolderOf(path);
  if (fs::is_directory(path)) throw Error::Format("{} is a folder; a file is needed", path);
  const std::string temporary = fmt::format("{}.{}.tmp", path, getpid());
  try {
    const PosixFile file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    file.WriteAll(bytes);
    file.Sync();
    if (rename(temporary.c_str(), path.c_str()) != 0) ThrowFileError("write", path, errno);
  } catch (...) {
    unlink(temporary.c_str());
    throw;
  }
  // The rename itself is on disk once its folder is; where folders cannot be synced, so be it.
  const fs::path parent = fs::path(path).parent_path();
  const int folder = open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_CLOEXEC);
  if (folder < 0) return;
  fsync(folder);
  close(folder);
}

void MakeFolderOf(const std::string& path) {
  const fs::path parent = fs::path(path).parent_path();
  if (!parent.empty()) MakeWritableDirectory(parent.string());
}

void MakeWritableDirectory(const std::string& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (!fs::is_directory(path)) {
    throw Error::Format("cannot make folder {}: {}; choose another output folder", path,
                        code ? code.message() : "a file of that name exists");
  }
  if (access(path.c_str(), W_OK | X_OK) != 0) {
    throw Error::Format(
        "cannot write to folder {}: {}; choose another output folder or change its "
        "permissions",
        path, std::strerror(errno));
  }
}

std::string FileName(const std::string& path) { return fs::path(path).filename().string(); }

bool FileExists(const std::string& path) {
  std::error_code code;
  return fs::exists(path, code);
}

std::string Newest(const std::vector<std::string>& paths) {
  const std::string newest = LastChanged(paths);
  if (newest.empty()) {
    throw Error::Format("{}: no such file or folder; check the path", fmt::join(paths, ", "));
  }
  if (paths.size() > 1) Info("the newest of {} is {}", paths.size(), newest);
  return newest;
}

std::string ResolveNewest(const std::string& pattern) {
  if (pattern.find('*') == std::string::npos) return pattern;
  const std::string newest = LastChanged(Matches(pattern));
  if (newest.empty()) throw Error::Format("nothing matches {}; check the pattern", pattern);
  Info("{} is {}", pattern, newest);
  return newest;
}

}  // namespace pgts
