// SPDX-License-Identifier: Apache-2.0
#include "reward/kind.h"

#include <string>

#include "base/error.h"

namespace pgts::reward {
namespace {

struct KindRow {
  Kind kind;
  std::string_view name;
  const char* weights;
};

constexpr KindRow kKinds[] = {{Kind::kHead, "head", nullptr},
                              {Kind::kLora, "lora", "adapter.gguf"},
                              {Kind::kFull, "full", "model.gguf"}};

constexpr int64_t kMostWeightsInFull = 1'000'000'000;

const KindRow& RowOf(Kind kind) {
  for (const KindRow& row : kKinds) {
    if (row.kind == kind) return row;
  }
  return kKinds[0];
}

}  // namespace

std::string_view KindName(Kind kind) { return RowOf(kind).name; }

Kind ParseKind(std::string_view name, std::string_view where) {
  std::string known;
  for (const KindRow& row : kKinds) {
    if (row.name == name) return row.kind;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", row.name);
  }
  throw Error::Format("{}: kind '{}', this program reads {}: train phase 1 again", where, name,
                      known);
}

Kind KindForSize(int64_t weights) {
  return weights > kMostWeightsInFull ? Kind::kLora : Kind::kFull;
}

const char* WeightsFile(Kind kind) { return RowOf(kind).weights; }

}  // namespace pgts::reward
