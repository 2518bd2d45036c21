// SPDX-License-Identifier: Apache-2.0
// A fresh folder under the system's temporary one, removed with all that is in it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "base/error.h"

namespace pgts {

class TempFolder {
 public:
  TempFolder() : path_((std::filesystem::temp_directory_path() / "pgts_XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw Error::Format("cannot make folder {}", path_);
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace pgts
