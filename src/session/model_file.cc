// SPDX-License-Identifier: Apache-2.0
#include "session/model_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/gguf_header.h"
#include "base/log.h"
#include "base/random.h"
#include "hub/download.h"
#include "hub/environment.h"
#include "hub/find_model.h"
#include "llm/llama_quantize.h"
#include "session/resources.h"

namespace pgts::session {
namespace {

namespace fs = std::filesystem;

enum class Bits { kWide, kEight, kFewer };

// By the type that most of the weights have, in all shards: the first may have none.
Bits BitsOf(const std::string& path) {
  const auto name = hub::ParseFileName(path);
  std::map<uint32_t, int64_t> elements;
  for (const std::string& shard : name ? hub::ShardNames(path, *name) : std::vector{path}) {
    const GgufHeader file(shard);
    for (const auto& [key, tensor] : file.tensors()) elements[tensor.type] += tensor.Elements();
  }
  uint32_t type = 0;
  int64_t most = -1;
  for (const auto& [candidate, count] : elements) {
    if (count > most) type = candidate, most = count;
  }
  const GgufBlock block = GgufBlockOf(type);
  if (block.elements == 1 && block.bytes >= 2) return Bits::kWide;
  return block.elements == 32 && block.bytes == 34 ? Bits::kEight : Bits::kFewer;
}

// Tells a file from what it was before it changed, without reading it.
uint64_t Stamp(const std::string& path) {
  return HashBytes(fmt::format("{}\n{}\n{}", fs::canonical(path).string(), fs::file_size(path),
                               fs::last_write_time(path).time_since_epoch().count()));
}

bool LiesIn(const std::string& path, const std::string& folder) {
  const auto relative = fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(folder));
  return !relative.empty() && *relative.begin() != "..";
}

std::string FolderForEightBits(const std::string& path) {
  const std::string beside = fs::absolute(path).parent_path().string();
  if (!LiesIn(path, hub::HubCache()) && access(beside.c_str(), W_OK | X_OK) == 0) return beside;
  return hub::OwnCache() + "/q8_0";
}

}  // namespace

std::string EightBitFile(const std::string& path) {
  const Bits bits = BitsOf(path);
  if (bits == Bits::kFewer) {
    Info("{}: its weights have fewer than eight bits already; load_in_8bit leaves them as they are",
         path);
  }
  if (bits != Bits::kWide) return path;
  const std::string key = fmt::format("{:016x}", Stamp(path));
  const std::string out = fmt::format("{}/{}.8bit-{}-Q8_0.gguf", FolderForEightBits(path),
                                      fs::path(path).stem().string(), key);
  if (!FileExists(out)) {
    MakeFolderOf(out);
    const std::string lock_path = fmt::format("{}/locks/{}.lock", hub::OwnCache(), key);
    MakeFolderOf(lock_path);
    const FileLock lock(lock_path);
    Info("{}: quantising its weights to 8 bits, once", path);
    const llm::QuantizeResult result = llm::Quantize(path, out, "q8_0");
    Info("8-bit weights: {} (was {})", hub::FormatBytes(result.bytes_after),
         hub::FormatBytes(result.bytes_before));
  }
  Info("{}: its 8-bit weights are {}", path, out);
  return out;
}

std::string FindModelFile(const std::string& name, const hub::WeightsWish& wish, Fetch fetch) {
  if (name.empty()) return name;
  std::string path = FindResource(name);
  if (!FileExists(path)) {
    const auto model = hub::ParseModelName(name);
    if (!model) return path;
    if (fetch == Fetch::kYes) {
      path = hub::FindModel(*model, wish, hub::Hub(hub::HubOptionsOfEnvironment())).path;
    } else {
      const auto found = hub::FindHere(*model, wish);
      if (!found) return name;
      path = found->path;
    }
  }
  hub::CheckShards(path);
  return wish.eight_bits && fs::is_regular_file(path) ? EightBitFile(path) : path;
}

hub::WeightsWish WishOf(const GeneratorSettings& generator) {
  return {.eight_bits = generator.load_in_8bit, .dtype = generator.torch_dtype};
}

hub::WeightsWish WishOf(const RewardBaseSettings& base) {
  return {.eight_bits = base.load_in_8bit};
}

}  // namespace pgts::session
