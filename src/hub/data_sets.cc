// SPDX-License-Identifier: Apache-2.0
#include "hub/data_sets.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "hub/environment.h"

namespace pgts::hub {
namespace {

struct DataFile {
  std::string_view name;  // in the data set's folder
  std::string_view path;  // below the data set's source
  int64_t bytes;
  std::string_view sha256;
};

struct DataSet {
  std::string_view name;
  std::string_view source;  // repository and commit on GitHub
  std::string_view licence;
  std::vector<DataFile> files;
};

const std::vector<DataSet>& KnownSets() {
  static const std::vector<DataSet> known = {
      {"gsm8k",
       "openai/grade-school-math/3101c7d5072418e28b9008a6636bde82a006892c/",
       "MIT",
       {{"train.jsonl", "grade_school_math/data/train.jsonl", 4166206,
         "17f347dc51477c50d4efb83959dbb7c56297aba886e5544ee2aaed3024813465"},
        {"test.jsonl", "grade_school_math/data/test.jsonl", 749738,
         "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14"}}}};
  return known;
}

bool IsHere(const DataSet& set, const std::string& place) {
  return std::all_of(set.files.begin(), set.files.end(), [&](const DataFile& file) {
    return FileExists(fmt::format("{}/{}", place, file.name));
  });
}

}  // namespace

std::vector<std::string> DataSetNames() {
  std::vector<std::string> names;
  for (const DataSet& set : KnownSets()) names.emplace_back(set.name);
  return names;
}

void FetchDataSet(const std::string& name, const std::string& folder, const HubOptions& hub,
                  const std::string& source) {
  for (const DataSet& set : KnownSets()) {
    if (set.name != name) continue;
    const std::string place = folder + "/" + name;
    if (IsHere(set, place)) return;
    if (hub.offline) {
      throw Error::Format("{}: not in {}, and HF_HUB_OFFLINE is set; unset it, or put {} there",
                          name, place, set.files.front().name);
    }
    Info("{}: from github.com/{}, licence {}", name, set.source, set.licence);
    for (const DataFile& file : set.files) {
      DownloadFile({.what = fmt::format("{}/{}", name, file.name),
                    .url = fmt::format("{}{}{}", source, set.source, file.path),
                    .path = fmt::format("{}/{}", place, file.name),
                    .lock = fmt::format("{}/locks/{}-{}.lock", OwnCache(), name, file.name),
                    .bytes = file.bytes,
                    .sha256 = std::string(file.sha256)},
                   hub.patience);
    }
    return;
  }
  throw Error::Format("{}: no data set that can be fetched; there are: {}", name,
                      fmt::join(DataSetNames(), ", "));
}

}  // namespace pgts::hub
