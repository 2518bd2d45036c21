// SPDX-License-Identifier: Apache-2.0
// The model hub (huggingface.co, or a mirror that speaks its protocol): what a repository holds,
// and a search. Its environment is that of the other tools: HF_ENDPOINT (MODEL_ENDPOINT before it),
// HF_TOKEN or the token file that `hf auth login` writes, HF_HUB_OFFLINE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hub/download.h"

namespace pgts::hub {

struct HubOptions {
  std::string endpoint = "https://huggingface.co/";  // ends in "/"
  std::string token = "";                            // never shown
  bool offline = false;
  Patience patience = {};
};

HubOptions HubOptionsOfEnvironment();

struct RepositoryFile {
  std::string path;         // in the repository
  int64_t bytes = -1;       // -1: not told
  std::string sha256 = "";  // of large files; empty: not told
};

struct Repository {
  std::string name;     // owner/name
  std::string commit;   // of its main branch
  std::string licence;  // empty: not told
  std::vector<RepositoryFile> files;
};

class Hub {
 public:
  explicit Hub(HubOptions options) : options_(std::move(options)) {}

  const HubOptions& options() const { return options_; }

  // Nothing where there is none of that name that may be seen (404, and 401, which the hub answers
  // for private ones and for those that do not exist); `why`, if given, then says so. Error where
  // the hub cannot be asked.
  std::optional<Repository> Find(const std::string& repository, std::string* why = nullptr) const;

  // Repositories of GGUF files whose names hold `text`, the most downloaded first.
  std::vector<std::string> Search(const std::string& text) const;

  std::string FileUrl(const Repository& repository, const std::string& path) const;

 private:
  HttpResponse Ask(const std::string& path, const std::string& what) const;

  HubOptions options_;
};

}  // namespace pgts::hub
