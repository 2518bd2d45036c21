// SPDX-License-Identifier: Apache-2.0
#include "session/resources.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "hub/environment.h"

namespace pgts::session {

namespace fs = std::filesystem;

std::string FetchedData() { return hub::OwnCache() + "/data"; }

std::string DataFolder(const std::string& given) {
  if (!given.empty()) return given;
  if (const char* data = std::getenv("PGTS_DATA")) return data;
  return fs::exists(FetchedData()) ? FetchedData() : "";
}

std::string FindResource(const std::string& path) {
  if (fs::exists(path) || fs::path(path).is_absolute()) return path;
  std::error_code ignored;
  fs::path at = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  for (int up = 0; up < 4 && !at.empty(); ++up, at = at.parent_path()) {
    if (fs::exists(at / path)) return (at / path).string();
  }
  return path;
}

}  // namespace pgts::session
