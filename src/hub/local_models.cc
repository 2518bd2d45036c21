// SPDX-License-Identifier: Apache-2.0
#include "hub/local_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "base/files.h"
#include "hub/environment.h"
#include "hub/model_name.h"

namespace pgts::hub {
namespace {

namespace fs = std::filesystem;

constexpr int kDepth = 4;  // of folders below PGTS_MODELS: publisher/repository/type/file
constexpr std::string_view kModels = "models--";

std::string Replace(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// Bytes of all shards; -1 where one is missing.
int64_t SizeOf(const std::vector<std::string>& shards) {
  int64_t bytes = 0;
  for (const std::string& shard : shards) {
    std::error_code failure;
    const auto size = fs::file_size(shard, failure);  // follows links
    if (failure) return -1;
    bytes += static_cast<int64_t>(size);
  }
  return bytes;
}

void AddFile(const std::string& path, const std::string& repository,
             std::vector<LocalModel>& models) {
  const auto name = ParseFileName(path);
  if (!name || name->shard != 1) return;
  const int64_t bytes = SizeOf(ShardNames(path, *name));
  if (bytes < 0) return;
  models.push_back({repository, name->model, name->weights, bytes, path});
}

// In the order of their paths, so that the same file is found every time.
void AddFolder(const std::string& folder, const std::string& repository,
               std::vector<LocalModel>& models) {
  std::vector<std::string> paths;
  std::error_code failure;
  auto entry = fs::recursive_directory_iterator(folder,
                                                fs::directory_options::follow_directory_symlink |
                                                    fs::directory_options::skip_permission_denied,
                                                failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    if (entry.depth() >= kDepth) entry.disable_recursion_pending();
    std::error_code ignored;
    if (entry->is_regular_file(ignored)) paths.push_back(entry->path().string());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) AddFile(path, repository, models);
}

std::vector<fs::path> FoldersOf(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) folders.push_back(entry->path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

// The commit of refs/main; empty: none.
std::string MainCommit(const fs::path& repository) {
  const std::string ref = (repository / "refs" / "main").string();
  if (!FileExists(ref)) return "";
  const std::string text = ReadFile(ref);
  return text.substr(0, text.find_first_of(" \r\n"));
}

// The newest commit's files first; files of older ones are as good where nothing else is there.
void AddRepository(const fs::path& folder, std::vector<LocalModel>& models) {
  const std::string name = Replace(folder.filename().string().substr(kModels.size()), "--", "/");
  const std::string main = MainCommit(folder);
  std::vector<fs::path> snapshots = FoldersOf(folder / "snapshots");
  std::stable_partition(snapshots.begin(), snapshots.end(),
                        [&](const fs::path& path) { return path.filename() == main; });
  const size_t begin = models.size();
  for (const fs::path& snapshot : snapshots) {
    std::vector<LocalModel> found;
    AddFolder(snapshot.string(), name, found);
    for (LocalModel& model : found) {
      const auto same = [&](const LocalModel& known) {
        return known.model == model.model && known.weights == model.weights;
      };
      const auto first = models.begin() + static_cast<std::ptrdiff_t>(begin);
      if (std::none_of(first, models.end(), same)) models.push_back(std::move(model));
    }
  }
}

void Link(const fs::path& blob, const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  fs::remove(path, failure);  // a link to what is no longer there
  fs::create_symlink(fs::relative(blob, path.parent_path()), path, failure);
  if (!failure) return;
  fs::create_hard_link(blob, path, failure);  // a disk without symbolic links
  if (failure) fs::rename(blob, path);
}

const RepositoryFile& FileCalled(const Repository& repository, const std::string& path) {
  const auto found = std::find_if(repository.files.begin(), repository.files.end(),
                                  [&](const RepositoryFile& file) { return file.path == path; });
  if (found == repository.files.end()) {
    throw Error::Format("{}: has no file {}", repository.name, path);
  }
  return *found;
}

// What tells this file from every other: its hash, or the commit that it is of.
std::string BlobName(const Repository& repository, const RepositoryFile& file) {
  if (!file.sha256.empty()) return file.sha256;
  return repository.commit + "-" + Replace(file.path, "/", "--");
}

}  // namespace

std::vector<LocalModel> LocalModels() {
  std::vector<LocalModel> models;
  AddFolder(ModelsFolder(), "", models);
  for (const fs::path& folder : FoldersOf(HubCache())) {
    if (folder.filename().string().starts_with(kModels)) AddRepository(folder, models);
  }
  return models;
}

std::string CachedRepository(const std::string& repository) {
  return HubCache() + "/" + std::string(kModels) + Replace(repository, "/", "--");
}

std::string FetchFiles(const Hub& hub, const Repository& repository,
                       const std::vector<std::string>& paths) {
  const fs::path folder = CachedRepository(repository.name);
  std::vector<fs::path> blobs;
  for (const std::string& path : paths) {
    const RepositoryFile& file = FileCalled(repository, path);
    const std::string blob = BlobName(repository, file);
    blobs.push_back(folder / "blobs" / blob);
    DownloadFile(
        {.what = repository.name + "/" + path,
         .url = hub.FileUrl(repository, path),
         .token = hub.options().token,
         .path = blobs.back().string(),
         .lock = (fs::path(HubCache()) / ".locks" / folder.filename() / (blob + ".lock")).string(),
         .bytes = file.bytes,
         .sha256 = file.sha256},
        hub.options().patience);
  }
  const fs::path snapshot = folder / "snapshots" / repository.commit;
  for (size_t i = 0; i < paths.size(); ++i) Link(blobs[i], snapshot / paths[i]);
  WriteFileAtomic((folder / "refs" / "main").string(), repository.commit);
  return (snapshot / paths.front()).string();
}

}  // namespace pgts::hub
