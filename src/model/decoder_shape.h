// SPDX-License-Identifier: Apache-2.0
// The numbers that fix a decoder's weights. Free of LibTorch, so that options and plans can use it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pgts::model {

// Which architectures of GGUF: qwen3 and qwen2 (told apart by qk_norm), or llama.
enum class Family { kQwen, kLlama };

struct DecoderShape {
  int64_t vocab = 288;  // rows of the embedding, unused ones included
  int64_t width = 192;  // of the residual stream
  int64_t layers = 4;
  int64_t heads = 6;            // query heads
  int64_t kv_heads = 6;         // divides heads
  int64_t head_dim = 32;        // even; heads * head_dim need not equal width
  int64_t ff_width = 512;       // of the gated feed-forward
  int64_t context = 512;        // longest sequence that positions are prepared for
  float rope_theta = 10000.0f;  // float32, as GGUF keeps them
  float rms_eps = 1e-6f;
  bool tied = true;       // the output matrix is the embedding
  bool qk_norm = true;    // RMSNorm on every query and key head (Qwen3)
  bool qkv_bias = false;  // biases on the query, key and value projections (Qwen2)
  Family family = Family::kQwen;
  float rope_scale = 1.0f;  // linear scaling: positions are divided by it
  // Llama 3: what divides each of the head_dim / 2 frequencies; empty: nothing does.
  std::vector<float> rope_factors;

  bool operator==(const DecoderShape&) const = default;
};

// "qwen3", "qwen2" or "llama", as general.architecture has it.
std::string ArchitectureOf(const DecoderShape& shape);

// LoRA (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021, section 4.1): beside
// every frozen matrix W [out, in] a trained product of rank r,
//
//   y = W x + (alpha / rank) B A x        A: [rank, in], B: [out, rank]
//
// B starts at zero, so that training starts at the base model.
struct LoraShape {
  int64_t rank = 16;
  double alpha = 32;

  double Scale() const { return alpha / static_cast<double>(rank); }
  bool operator==(const LoraShape&) const = default;
};

// Throws Error that names the first value out of range; `where` is the file or section it came
// from.
void CheckShape(const DecoderShape& shape, const char* where);

// Throws Error unless 1 <= rank <= width and alpha is finite and positive.
void CheckLora(const LoraShape& lora, const DecoderShape& shape, const char* where);

// Number of weights, the tied output matrix counted once.
int64_t CountWeights(const DecoderShape& shape);

}  // namespace pgts::model
