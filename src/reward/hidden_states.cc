// SPDX-License-Identifier: Apache-2.0
#include "reward/hidden_states.h"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"
#include "base/stopwatch.h"
#include "model/safetensors.h"

namespace pgts::reward {
namespace {

// Paths of one call; many enough to fill the encoder's batches.
constexpr size_t kCall = 128;
// Each group begins with nothing resident, so that a reading that was cut short and goes on reads
// what it would have read; what a stop finds of an unfinished group is lost.
constexpr size_t kGroup = 8 * kCall;
constexpr double kSecondsBetweenSaves = 300;

struct Kept {
  std::vector<uint64_t> paths;
  std::vector<float> hidden;  // [paths, width]
};

struct Wanted {
  std::vector<uint64_t> paths;               // distinct, in the order of `requests`
  std::vector<llm::EncodeRequest> requests;  // those of one solution share its walker
  int64_t kept = 0;
  int64_t too_long = 0;
};

class Collector {
 public:
  Collector(std::span<const uint64_t> kept, int context)
      : kept_(kept.begin(), kept.end()), context_(context) {}

  void Add(std::span<const labels::LabelledSolution> solutions, bool held_out) {
    for (const labels::LabelledSolution& solution : solutions) Add(solution, held_out);
  }
  Wanted Take() { return std::move(wanted_); }

 private:
  void Add(const labels::LabelledSolution& solution, bool held_out) {
    ++walker_;
    if (solution.prompt.empty()) return;
    const std::vector<uint64_t> hashes = labels::PathHashes(solution);
    llm::PrefixPtr prefix = llm::Extend(nullptr, solution.prompt);
    for (size_t i = 0; i < hashes.size(); ++i) {
      prefix = llm::Extend(prefix, solution.steps[i].tokens);
      const bool graded = held_out && solution.grade && i + 1 == hashes.size();
      if (!solution.steps[i].label && !graded) continue;
      if (!seen_.insert(hashes[i]).second) continue;
      if (kept_.contains(hashes[i])) {
        ++wanted_.kept;
        continue;
      }
      if (prefix->length > context_) {
        ++wanted_.too_long;
        continue;
      }
      wanted_.paths.push_back(hashes[i]);
      wanted_.requests.push_back({.prefix = prefix, .walker = walker_});
    }
  }

  std::unordered_set<uint64_t> kept_;
  int context_;
  uint64_t walker_ = 0;
  std::unordered_set<uint64_t> seen_;
  Wanted wanted_;
};

Wanted Collect(const labels::StepData& data, std::span<const uint64_t> kept, int context) {
  Collector collector(kept, context);
  collector.Add(data.train, /*held_out=*/false);
  collector.Add(data.validation, /*held_out=*/true);
  return collector.Take();
}

Kept FromFile(const std::string& path, const llm::ModelInfo& base) {
  const model::Safetensors file = model::ReadSafetensors(path);
  const auto hash = file.metadata.find("base_hash");
  if (hash == file.metadata.end() || hash->second != base.file_hash) {
    throw Error::Format("{}: it is of another base than {}", path, base.path);
  }
  const torch::Tensor& paths = file.Get("paths");
  const torch::Tensor& hidden = file.Get("hidden");
  if (paths.scalar_type() != torch::kInt64 || hidden.scalar_type() != torch::kFloat32 ||
      hidden.dim() != 2 || hidden.size(1) != base.width || paths.numel() != hidden.size(0)) {
    throw Error::Format("{}: 'paths' or 'hidden' has another size or type than it must", path);
  }
  const int64_t* path_hashes = paths.data_ptr<int64_t>();
  const float* values = hidden.data_ptr<float>();
  return {.paths = {path_hashes, path_hashes + paths.numel()},
          .hidden = {values, values + hidden.numel()}};
}

Kept ReadBack(const std::string& path, const llm::ModelInfo& base) {
  if (!FileExists(path)) return {};
  try {
    return FromFile(path, base);
  } catch (const Error& error) {
    Info("hidden states are read anew: {}", error.what());
    return {};
  }
}

// Adds what is wanted to `kept`, group by group; `save` keeps what there is.
template <typename Save>
void Read(llm::Encoder& encoder, const Wanted& wanted, Kept& kept, Save save) {
  Stopwatch since_saved;
  const size_t width = static_cast<size_t>(encoder.Info().width), total = wanted.paths.size();
  Progress progress("reading hidden states", static_cast<int64_t>(total), "steps");
  for (size_t begin = 0; begin < total; begin += kGroup) {
    const size_t end = std::min(total, begin + kGroup);
    std::vector<float> hidden((end - begin) * width);
    encoder.Forget();
    for (size_t at = begin; at < end; at += kCall) {
      ThrowIfStopped();
      const size_t count = std::min(kCall, end - at);
      encoder.Encode(std::span(wanted.requests).subspan(at, count),
                     std::span(hidden).subspan((at - begin) * width, count * width));
      progress.Advance(static_cast<int64_t>(count));
    }
    kept.hidden.insert(kept.hidden.end(), hidden.begin(), hidden.end());
    kept.paths.insert(kept.paths.end(), wanted.paths.begin() + static_cast<std::ptrdiff_t>(begin),
                      wanted.paths.begin() + static_cast<std::ptrdiff_t>(end));
    if (end == total || since_saved.Seconds() > kSecondsBetweenSaves) {
      save();
      since_saved = {};
    }
  }
  progress.Finish();
}

void Write(const std::string& path, const Kept& kept, const llm::ModelInfo& base) {
  std::vector<int64_t> paths(kept.paths.begin(), kept.paths.end());
  const auto count = static_cast<int64_t>(paths.size());
  const torch::Tensor hidden = torch::from_blob(const_cast<float*>(kept.hidden.data()),
                                                {count, base.width}, torch::kFloat32);
  model::WriteSafetensors(
      path, {.tensors = {{"paths", torch::from_blob(paths.data(), {count}, torch::kInt64)},
                         {"hidden", hidden}},
             .metadata = {{"base_hash", base.file_hash}}});
}

}  // namespace

HiddenStates::HiddenStates(std::span<const uint64_t> paths, std::vector<float> hidden)
    : hidden_(std::move(hidden)),
      width_(paths.empty() ? 0 : static_cast<int>(hidden_.size() / paths.size())) {
  for (size_t i = 0; i < paths.size(); ++i) row_[paths[i]] = i;
}

std::span<const float> HiddenStates::Find(uint64_t path) const {
  const auto at = row_.find(path);
  if (at == row_.end()) return {};
  return std::span(hidden_).subspan(at->second * static_cast<size_t>(width_),
                                    static_cast<size_t>(width_));
}

HiddenStates ReadHiddenStates(llm::Encoder& encoder, const labels::StepData& data,
                              const std::string& folder) {
  const std::string path = folder + "/hidden_states.safetensors";
  const llm::ModelInfo& base = encoder.Info();
  Kept kept = ReadBack(path, base);
  const Wanted wanted = Collect(data, kept.paths, encoder.context());
  if (wanted.too_long > 0) {
    Info("{} labelled steps end after the {} tokens of the engine's context: left out",
         wanted.too_long, encoder.context());
  }
  if (wanted.kept > 0) Info("hidden states of {} steps read back from {}", wanted.kept, path);
  if (!wanted.paths.empty()) {
    const size_t before = kept.paths.size();
    const auto save = [&] { Write(path, kept, base); };
    try {
      Read(encoder, wanted, kept, save);
    } catch (const Interrupted&) {
      if (kept.paths.size() > before) save();
      throw;
    }
    Info("hidden states of {} steps, {} tokens, written to {}", wanted.paths.size(),
         encoder.counts().prompt + encoder.counts().scored, path);
  }
  return HiddenStates(kept.paths, std::move(kept.hidden));
}

}  // namespace pgts::reward
