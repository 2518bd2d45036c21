// SPDX-License-Identifier: Apache-2.0
#include "model/known_shapes.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "base/error.h"

namespace pgts::model {
namespace {

struct Named {
  std::string_view name;
  DecoderShape shape;
};

struct Size {
  int64_t width, layers, heads, kv_heads, head_dim, ff_width;
  bool tied;
};

DecoderShape Of(const Size& size, int64_t vocab, int64_t context, float rope_theta) {
  return {.vocab = vocab,
          .width = size.width,
          .layers = size.layers,
          .heads = size.heads,
          .kv_heads = size.kv_heads,
          .head_dim = size.head_dim,
          .ff_width = size.ff_width,
          .context = context,
          .rope_theta = rope_theta,
          .tied = size.tied};
}

DecoderShape Qwen3(const Size& size) { return Of(size, 151936, 40960, 1e6F); }

DecoderShape Qwen25(const Size& size, int64_t vocab = 151936) {
  DecoderShape shape = Of(size, vocab, 32768, 1e6F);
  shape.qk_norm = false;
  shape.qkv_bias = true;
  return shape;
}

DecoderShape Llama(const Size& size, int64_t vocab, int64_t context, float rope_theta) {
  DecoderShape shape = Of(size, vocab, context, rope_theta);
  shape.qk_norm = false;
  shape.family = Family::kLlama;
  return shape;
}

// Families together, the smaller models first.
const std::vector<Named>& Shapes() {
  static const std::vector<Named> shapes = {
      {"qwen3-0.6b", Qwen3({1024, 28, 16, 8, 128, 3072, true})},
      {"qwen3-1.7b", Qwen3({2048, 28, 16, 8, 128, 6144, true})},
      {"qwen3-4b", Qwen3({2560, 36, 32, 8, 128, 9728, true})},
      {"qwen3-8b", Qwen3({4096, 36, 32, 8, 128, 12288, false})},
      {"qwen3-14b", Qwen3({5120, 40, 40, 8, 128, 17408, false})},
      {"qwen2.5-0.5b", Qwen25({896, 24, 14, 2, 64, 4864, true})},
      {"qwen2.5-1.5b", Qwen25({1536, 28, 12, 2, 128, 8960, true})},
      {"qwen2.5-3b", Qwen25({2048, 36, 16, 2, 128, 11008, true})},
      {"qwen2.5-7b", Qwen25({3584, 28, 28, 4, 128, 18944, false}, 152064)},
      {"qwen2.5-14b", Qwen25({5120, 48, 40, 8, 128, 13824, false}, 152064)},
      {"smollm2-135m", Llama({576, 30, 9, 3, 64, 1536, true}, 49152, 8192, 1e5F)},
      {"smollm2-360m", Llama({960, 32, 15, 5, 64, 2560, true}, 49152, 8192, 1e5F)},
      {"smollm2-1.7b", Llama({2048, 24, 32, 32, 64, 8192, true}, 49152, 8192, 1.3e5F)},
      {"llama-3.2-1b", Llama({2048, 16, 32, 8, 64, 8192, true}, 128256, 131072, 5e5F)},
      {"llama-3.2-3b", Llama({3072, 28, 24, 8, 128, 8192, true}, 128256, 131072, 5e5F)},
      {"llama-3.1-8b", Llama({4096, 32, 32, 8, 128, 14336, false}, 128256, 131072, 5e5F)}};
  return shapes;
}

std::string_view FamilyOf(std::string_view name) { return name.substr(0, name.rfind('-')); }

void Erase(std::string& text, std::string_view part) {
  if (const size_t at = text.find(part); at != std::string::npos) text.erase(at, part.size());
}

// Lower case, without owner, tuning and what repackagers put before it.
std::string Plain(std::string_view model_name) {
  std::string plain(model_name.substr(model_name.rfind('/') + 1));
  for (char& c : plain) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* tuning : {"-coder", "-math", "meta-", "qwen_"}) Erase(plain, tuning);
  return plain;
}

}  // namespace

std::vector<std::string_view> KnownShapes() {
  std::vector<std::string_view> names;
  for (const Named& known : Shapes()) names.push_back(known.name);
  return names;
}

DecoderShape KnownShape(std::string_view name) {
  for (const Named& known : Shapes()) {
    if (known.name == name) return known.shape;
  }
  throw Error::Format("shape '{}' is not one of {}", name, fmt::join(KnownShapes(), ", "));
}

std::optional<std::string_view> KnownShapeOf(std::string_view model_name) {
  const std::string plain = Plain(model_name);
  for (const Named& known : Shapes()) {
    if (!plain.starts_with(known.name)) continue;
    const char next = plain.size() > known.name.size() ? plain[known.name.size()] : '-';
    if (next == '-' || next == '.' || next == ':' || next == '_') return known.name;
  }
  return std::nullopt;
}

std::optional<std::string_view> NextSmaller(std::string_view known_name) {
  const std::vector<Named>& shapes = Shapes();
  const auto found = std::ranges::find(shapes, known_name, &Named::name);
  if (found == shapes.end() || found == shapes.begin()) return std::nullopt;
  const std::string_view before = std::prev(found)->name;
  if (FamilyOf(before) != FamilyOf(known_name)) return std::nullopt;
  return before;
}

DecoderShape ParseShape(std::string_view text) {
  if (const auto known = KnownShapeOf(text)) return KnownShape(*known);
  std::array<int64_t, 7> numbers{};
  const char* at = text.data();
  const char* const end = at + text.size();
  size_t count = 0;
  for (; count < numbers.size(); ++count) {
    const auto [next, failure] = std::from_chars(at, end, numbers[count]);
    if (failure != std::errc()) break;
    at = next;
    if (count + 1 < numbers.size() && (at == end || *at++ != 'x')) break;
  }
  if (count != numbers.size() || at != end) {
    throw Error::Format(
        "shape '{}' is neither LAYERSxWIDTHxHEADSxKV_HEADSxHEAD_DIMxFF_WIDTHxVOCAB nor one of {}",
        text, fmt::join(KnownShapes(), ", "));
  }
  const auto [layers, width, heads, kv_heads, head_dim, ff_width, vocab] = numbers;
  DecoderShape shape =
      Of({width, layers, heads, kv_heads, head_dim, ff_width, false}, vocab, 40960, 1e6F);
  CheckShape(shape, "--shape");
  return shape;
}

}  // namespace pgts::model
