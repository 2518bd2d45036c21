// SPDX-License-Identifier: Apache-2.0
#include "reward/hidden_states.h"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/random.h"
#include "base/stop.h"
#include "model/safetensors.h"

namespace pgts::reward {
namespace {

// Paths between two looks at the stop request; many enough to fill the encoder's batches.
constexpr size_t kChunk = 128;

struct Wanted {
  std::vector<uint64_t> paths;               // distinct, in the order of `requests`
  std::vector<llm::EncodeRequest> requests;  // those of one solution share its walker
  int64_t too_long = 0;
};

class Collector {
 public:
  explicit Collector(int context) : context_(context) {}

  void Add(std::span<const LabelledSolution> solutions, bool held_out) {
    for (const LabelledSolution& solution : solutions) Add(solution, held_out);
  }
  Wanted Take() { return std::move(wanted_); }

 private:
  void Add(const LabelledSolution& solution, bool held_out) {
    ++walker_;
    if (solution.prompt.empty()) return;
    const std::vector<uint64_t> hashes = PathHashes(solution);
    llm::PrefixPtr prefix = llm::Extend(nullptr, solution.prompt);
    for (size_t i = 0; i < hashes.size(); ++i) {
      prefix = llm::Extend(prefix, solution.steps[i].tokens);
      const bool graded = held_out && solution.grade && i + 1 == hashes.size();
      if (!solution.steps[i].label && !graded) continue;
      if (!seen_.insert(hashes[i]).second) continue;
      if (prefix->length > context_) {
        ++wanted_.too_long;
        continue;
      }
      wanted_.paths.push_back(hashes[i]);
      wanted_.requests.push_back({.prefix = prefix, .walker = walker_});
    }
  }

  int context_;
  uint64_t walker_ = 0;
  std::unordered_set<uint64_t> seen_;
  Wanted wanted_;
};

Wanted Collect(const StepData& data, int context) {
  Collector collector(context);
  collector.Add(data.train, /*held_out=*/false);
  collector.Add(data.validation, /*held_out=*/true);
  return collector.Take();
}

using Metadata = std::map<std::string, std::string>;

Metadata Describe(const llm::ModelInfo& base, const Wanted& wanted) {
  Key paths("hidden-states");
  for (const uint64_t path : wanted.paths) paths = paths.With(path);
  return {{"base_hash", base.file_hash},
          {"paths_hash", fmt::format("{:016x}", paths.value())},
          {"width", fmt::format("{}", base.width)},
          {"count", fmt::format("{}", wanted.paths.size())}};
}

// The first field that does not fit, or nothing.
std::string Mismatch(const Metadata& kept, const Metadata& wanted) {
  for (const auto& [field, value] : wanted) {
    const auto at = kept.find(field);
    if (at == kept.end() || at->second != value) {
      return fmt::format("its {} is {}, wanted is {}", field,
                         at == kept.end() ? "missing" : at->second, value);
    }
  }
  return "";
}

std::vector<float> Values(const model::Safetensors& file, size_t count) {
  const torch::Tensor& hidden = file.Get("hidden");
  if (hidden.scalar_type() != torch::kFloat32 || hidden.numel() != static_cast<int64_t>(count)) {
    throw Error::Format("{}: 'hidden' has another size or type than its metadata say", file.path);
  }
  return {hidden.data_ptr<float>(), hidden.data_ptr<float>() + count};
}

std::optional<std::vector<float>> ReadBack(const std::string& path, const Metadata& metadata,
                                           size_t count) {
  if (!FileExists(path)) return std::nullopt;
  std::string reason;
  try {
    const model::Safetensors file = model::ReadSafetensors(path);
    reason = Mismatch(file.metadata, metadata);
    if (reason.empty()) return Values(file, count);
  } catch (const Error& error) {
    reason = error.what();
  }
  Info("{} does not serve ({}): hidden states are read anew", path, reason);
  return std::nullopt;
}

std::vector<float> Encode(llm::Encoder& encoder, std::span<const llm::EncodeRequest> requests) {
  const size_t width = static_cast<size_t>(encoder.Info().width);
  std::vector<float> hidden(requests.size() * width);
  Progress progress("reading hidden states", static_cast<int64_t>(requests.size()), "steps");
  for (size_t at = 0; at < requests.size(); at += kChunk) {
    ThrowIfStopped();
    const size_t count = std::min(kChunk, requests.size() - at);
    encoder.Encode(requests.subspan(at, count),
                   std::span(hidden).subspan(at * width, count * width));
    progress.Advance(static_cast<int64_t>(count));
  }
  progress.Finish();
  return hidden;
}

void Write(const std::string& path, const std::vector<float>& hidden, int width,
           const Metadata& metadata) {
  const torch::Tensor values =
      torch::from_blob(const_cast<float*>(hidden.data()),
                       {static_cast<int64_t>(hidden.size()) / width, width}, torch::kFloat32);
  model::WriteSafetensors(path, {.tensors = {{"hidden", values}}, .metadata = metadata});
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

HiddenStates ReadHiddenStates(llm::Encoder& encoder, const StepData& data,
                              const std::string& folder) {
  const std::string path = folder + "/hidden_states.safetensors";
  const Wanted wanted = Collect(data, encoder.context());
  if (wanted.too_long > 0) {
    Info("{} labelled steps end after the {} tokens of the engine's context: left out",
         wanted.too_long, encoder.context());
  }
  const int width = encoder.Info().width;
  const Metadata metadata = Describe(encoder.Info(), wanted);
  const size_t count = wanted.paths.size() * static_cast<size_t>(width);
  if (std::optional<std::vector<float>> kept = ReadBack(path, metadata, count)) {
    Info("hidden states of {} steps read back from {}", wanted.paths.size(), path);
    return HiddenStates(wanted.paths, *std::move(kept));
  }
  std::vector<float> hidden = Encode(encoder, wanted.requests);
  Write(path, hidden, width, metadata);
  Info("hidden states of {} steps, {} tokens, written to {}", wanted.paths.size(),
       encoder.counts().prompt + encoder.counts().scored, path);
  return HiddenStates(wanted.paths, std::move(hidden));
}

}  // namespace pgts::reward
