// SPDX-License-Identifier: Apache-2.0
// The GGUF models on this machine: those in the user's folder (PGTS_MODELS) and those in the hub's
// cache, whoever put them there. The cache's layout is huggingface_hub's:
//   models--OWNER--NAME/blobs/SHA256, refs/main (a commit), snapshots/COMMIT/PATH ->
//   ../../blobs/...
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "hub/hub.h"

namespace pgts::hub {

struct LocalModel {
  std::string repository;  // owner/name; empty: in the user's folder
  std::string model;       // by the file's name, without its weight type
  std::string weights;     // upper case; empty: the name does not say
  int64_t bytes = 0;       // of all shards
  std::string path;        // of the first shard
};

// Complete ones only: a split file with a missing shard is left out.
std::vector<LocalModel> LocalModels();

// The folder of a repository in the cache.
std::string CachedRepository(const std::string& repository);

// Downloads `paths` of a repository into the cache; they appear there together, once all of them
// are whole. Returns where the first is.
std::string FetchFiles(const Hub& hub, const Repository& repository,
                       const std::vector<std::string>& paths);

}  // namespace pgts::hub
