// SPDX-License-Identifier: Apache-2.0
#include "hub/model_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/whole_number.h"

namespace pgts::hub {
namespace {

constexpr std::string_view kGguf = ".gguf";

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

bool EndsIn(std::string_view text, std::string_view lower_end) {
  return Lower(text).ends_with(lower_end);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsPart(std::string_view text) {
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  };
  return !text.empty() && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), allowed);
}

// "Q8_0", "IQ4_XS", "TQ1_0", "BF16", "FP16" as F16, "MXFP4"; empty for anything else.
std::string WeightsOf(std::string_view text) {
  std::string name = Upper(text);
  if (name == "FP16") name = "F16";
  if (name == "FP32") name = "F32";
  if (name == "BF16" || name == "F16" || name == "F32" || name.starts_with("MXFP4")) return name;
  std::string_view rest = name;
  if (rest.starts_with("I") || rest.starts_with("T")) rest.remove_prefix(1);
  const bool quantised =
      rest.size() >= 2 && rest[0] == 'Q' && IsDigit(rest[1]) &&
      rest.find_first_not_of("QABCDEFGHIJKLMNOPRSTUVWXYZ0123456789_") == std::string_view::npos;
  return quantised ? name : "";
}

// Cuts "-00001-of-00002" off.
void TakeShard(std::string_view& stem, GgufFileName& name) {
  constexpr size_t kLength = 15;
  if (stem.size() <= kLength) return;
  const std::string_view end = stem.substr(stem.size() - kLength);
  if (end[0] != '-' || end.substr(6, 4) != "-of-") return;
  const std::optional<int> shard = WholeNumber(end.substr(1, 5), 1);
  const std::optional<int> shards = WholeNumber(end.substr(10), 1);
  if (!shard || !shards || *shard > *shards) return;
  name.shard = *shard;
  name.shards = *shards;
  stem.remove_suffix(kLength);
}

void TakeWeights(std::string_view& stem, GgufFileName& name) {
  const size_t separator = stem.find_last_of("-.");
  if (separator == std::string_view::npos || separator == 0) return;
  name.weights = WeightsOf(stem.substr(separator + 1));
  if (name.weights.empty()) return;
  stem = stem.substr(0, separator);
  if (EndsIn(stem, "-ud")) stem.remove_suffix(3);  // "dynamic" types of one publisher
}

}  // namespace

bool EqualNames(std::string_view a, std::string_view b) { return Lower(a) == Lower(b); }

bool ModelName::NamesGgufs() const { return EndsIn(repository, "-gguf"); }

std::string ModelName::Model() const {
  return NamesGgufs() ? repository.substr(0, repository.size() - kGguf.size()) : repository;
}

std::optional<ModelName> ParseModelName(std::string_view text) {
  ModelName name;
  const size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    name.weights = Upper(text.substr(colon + 1));
    if (!IsPart(name.weights)) return std::nullopt;
    text = text.substr(0, colon);
  }
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos || EndsIn(text, kGguf)) return std::nullopt;
  name.owner = text.substr(0, slash);
  name.repository = text.substr(slash + 1);
  if (!IsPart(name.owner) || !IsPart(name.repository)) return std::nullopt;
  return name;
}

std::optional<GgufFileName> ParseFileName(std::string_view path) {
  std::string_view stem = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  if (!EndsIn(stem, kGguf)) return std::nullopt;
  stem.remove_suffix(kGguf.size());
  for (const std::string_view other : {"mmproj", "mtp-", "imatrix"}) {
    if (Lower(stem).find(other) == 0) return std::nullopt;
  }
  GgufFileName name;
  TakeShard(stem, name);
  TakeWeights(stem, name);
  name.model = stem;
  return name;
}

std::vector<std::string> ShardNames(const std::string& path, const GgufFileName& name) {
  if (name.shards == 1) return {path};
  constexpr size_t kEnd = 20;  // "-00001-of-00002.gguf"
  std::vector<std::string> names;
  for (int shard = 1; shard <= name.shards; ++shard) {
    names.push_back(fmt::format("{}-{:05}-of-{:05}{}", path.substr(0, path.size() - kEnd), shard,
                                name.shards, path.substr(path.size() - kGguf.size())));
  }
  return names;
}

bool IsOf(std::string_view file_model, const ModelName& name) {
  const std::string model = name.Model();
  // Meta's repositories call Llama 3 both ways.
  const bool meta = EqualNames(name.owner, "meta-llama");
  return EqualNames(file_model, model) || EqualNames(file_model, name.owner + "_" + model) ||
         (meta && EqualNames(file_model, "Meta-" + model));
}

}  // namespace pgts::hub
