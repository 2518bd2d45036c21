// SPDX-License-Identifier: Apache-2.0
// The trainable decoder: the architectures Qwen3, Qwen2 and Llama, as llama.cpp computes them, so
// that what is trained here runs there (tests/decoder_llama_test.cc holds the two together).
//
//   x = embedding[token]
//   per layer:  x += Wo · attention(rope(norm(Wq h)), rope(norm(Wk h)), Wv h),   h = norm(x)
//               x += Wdown · (silu(Wgate h) * Wup h),                             h = norm(x)
//   hidden = norm(x);  logits = embedding · hidden   (or an output matrix of its own)
//
// norm is RMSNorm with a gain; rope turns the pairs (i, i + head_dim/2) (the "neox" order; see
// model/gguf_rows.h); attention is causal, so tokens to the right of a sequence's end (padding)
// change nothing before them and need no mask. Weights are float32 masters; matrix products run in
// `compute_type`.
//
// Frozen, the decoder is the base of a LoRA (decoder_shape.h has its formula): its own weights get
// no gradients, and its matrices are kept in the compute type, so that none is cast at each pass.
//
// Shape suffixes: B batch, T tokens, D width, H heads, K key heads, G = H/K, C head_dim, V vocab.
#pragma once

#include <torch/nn/module.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/decoder_shape.h"

namespace pgts::model {

// The one way in which several threads may share a decoder: forward passes under NoGradGuard. For
// gradients each thread takes a Replica of its own.
class Decoder : public torch::nn::Module {
  struct MasterOf;

 public:
  // Random weights from `seed` (normal, scaled by the matrices' fan-in; norms 1, biases 0); without
  // a seed they are left for the caller to fill.
  explicit Decoder(const DecoderShape& shape, std::optional<uint64_t> seed = 0);
  explicit Decoder(MasterOf master);  // for Replica

  const DecoderShape& shape() const { return shape_; }

  // float32 (default) or bfloat16; norms, softmax statistics and the residual stream stay float32.
  void set_compute_type(torch::ScalarType type);
  torch::ScalarType compute_type() const { return compute_type_; }

  // Gradient checkpointing: a layer keeps its input only and is computed again in the backward pass
  // (model/checkpoint.h). The same gradients for a third more time and a fraction of the memory.
  // The decoder must outlive the backward pass.
  void set_checkpointing(bool on) { checkpointing_ = on; }

  // From here on the weights get no gradients, and matrices are rounded to the compute type.
  void Freeze();
  bool frozen() const { return frozen_; }

  // Freezes the weights and puts LoRA beside all seven projection matrices of every layer: A random
  // from `seed` (normal, deviation 1 / sqrt(in)), B zero. Throws Error for a rank or alpha out of
  // range, and where LoRA is there already.
  void AddLora(const LoraShape& lora, uint64_t seed);
  const std::optional<LoraShape>& lora() const { return lora_; }

  // What an optimiser moves: LoRA's matrices where there is LoRA, every weight where nothing is
  // frozen. In a fixed order.
  std::vector<torch::Tensor> TrainableParameters() const;

  // A decoder on the same memory, frozen weights, LoRA and all, whose parameters collect gradients
  // of their own (model/gradient_workers.h). Takes over compute type and checkpointing.
  std::shared_ptr<Decoder> Replica() const;

  // tokens_BT: int64, each in [0, vocab), T <= context. Returns float32 hidden states after the
  // last norm, [B, T, D]. Rows of padding hold values without meaning.
  torch::Tensor Forward(const torch::Tensor& tokens_BT);

  // The same where a row is not a plain sequence but, say, a tree of continuations after one
  // prompt: each token names its position and the tokens that it sees (itself among them).
  struct Layout {
    torch::Tensor positions_BT;  // int64, each in [0, context)
    torch::Tensor mask_BTT;      // float32, added to attention scores: 0 seen, -infinity hidden
  };
  // T may exceed the context, positions may not.
  torch::Tensor Forward(const torch::Tensor& tokens_BT, const Layout& layout);

  // hidden: [..., D] -> float32 logits [..., V].
  torch::Tensor Logits(const torch::Tensor& hidden);

  // Every weight under its GGUF name ("blk.0.attn_q.weight"), in file order. The tensors share
  // memory with the model. Matrices are [out, in]; a tied output matrix is not listed.
  using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;
  const NamedTensors& Weights() const { return weights_; }

  // The same for LoRA: "blk.0.attn_q.weight.lora_a", "….lora_b" and so on; float32.
  const NamedTensors& LoraWeights() const { return lora_weights_; }

 private:
  struct MasterOf {
    const Decoder* replica;
  };
  struct Projection {
    torch::Tensor weight, bias, lora_a, lora_b;  // bias, LoRA: where there is one
  };
  struct Layer {
    torch::Tensor attn_norm, q_norm, k_norm, ff_norm;
    Projection q, k, v, attn_out, gate, up, down;
  };
  static std::array<std::pair<const char*, Projection*>, 7> Projections(Layer& layer);

  void AddAll();
  void AddLayer(int64_t index);
  void AddRope();
  torch::Tensor Add(const std::string& gguf_name, at::IntArrayRef size, double deviation);
  torch::Tensor AddFilled(const std::string& gguf_name, int64_t size, double value);
  torch::Tensor Draw(at::IntArrayRef size, double deviation);
  torch::Tensor Register(const std::string& gguf_name, torch::Tensor weight,
                         NamedTensors Decoder::*list);
  void AddLoraPairs();
  void CastMatrices();

  torch::Tensor Linear(const torch::Tensor& x, const torch::Tensor& weight,
                       const torch::Tensor& bias = {});
  torch::Tensor Project(const torch::Tensor& x, const Projection& projection);
  std::vector<torch::Tensor> QueryKeyValue(const Layer& layer, const torch::Tensor& h_BTD);
  std::vector<torch::Tensor> GateUp(const Layer& layer, const torch::Tensor& h_BTD);
  // Where the tokens stand and what they see, in the form that attention wants.
  struct Place {
    torch::Tensor cos, sin;  // [1 or B, T, 1, C]
    torch::Tensor mask;      // [1 or B * K, G * T, T]
  };
  torch::Tensor Run(const torch::Tensor& tokens_BT, const Place& place);
  torch::Tensor RunLayer(const Layer& layer, const torch::Tensor& x_BTD, const Place& place);
  torch::Tensor RunCheckpointed(Layer& layer, const torch::Tensor& x_BTD, const Place& place);
  torch::Tensor Attend(const Layer& layer, const torch::Tensor& h_BTD, const Place& place);
  torch::Tensor FeedForward(const Layer& layer, const torch::Tensor& h_BTD);

  DecoderShape shape_;
  torch::ScalarType compute_type_ = torch::kFloat32;
  bool checkpointing_ = false;
  bool frozen_ = false;
  std::optional<LoraShape> lora_;
  torch::Generator generator_;       // undefined: nothing is drawn
  const Decoder* master_ = nullptr;  // while a replica is made
  NamedTensors weights_, lora_weights_;
  std::vector<Layer> layers_;
  torch::Tensor embedding_, output_norm_, output_;
  torch::Tensor cos_TC_, sin_TC_;  // [context, head_dim]; buffers, so that they follow to()
};

}  // namespace pgts::model
