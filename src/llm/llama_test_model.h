// SPDX-License-Identifier: Apache-2.0
// For tests and benchmarks: writes a GGUF with random weights (Qwen3 architecture, or another that
// shows something; one token per byte), so that the engine can be held against a real llama.cpp
// without any model file at hand.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "ggml.h"
#include "gguf.h"

namespace pgts::llm {

struct TestModelShape {
  int width = 64;
  int layers = 2;
  int heads = 4;
  int kv_heads = 2;
  int feed_forward = 128;
  int context = 1024;
  float output_gain = 6;  // scales the logits: without it random models are close to uniform
  uint32_t seed = 1;
  ggml_type weights = GGML_TYPE_F32;
  const char* chat_template = nullptr;
  const char* pre_tokenizer = "default";
  std::string architecture = "qwen3";  // or "gemma3", "plamo3", "mamba"
  int sliding_window = 0;              // of "gemma3", in five layers of six
};

// Token ids of the written vocabulary: 0..255 the bytes, then these.
inline constexpr int32_t kTestEndOfText = 256;
inline constexpr int32_t kTestVocabulary = 258;

// GPT-2's printable spelling of a byte, as UTF-8.
inline std::string SpellByte(int byte) {
  const auto printable = [](int b) {
    return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
  };
  int code = byte;
  if (!printable(byte)) {
    code = 256;
    for (int b = 0; b < byte; ++b) code += printable(b) ? 0 : 1;
  }
  if (code < 128) return std::string(1, static_cast<char>(code));
  return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
}

class TestModelWriter {
 public:
  explicit TestModelWriter(const TestModelShape& shape) : shape_(shape), random_(shape.seed) {
    gguf_ = gguf_init_empty();
    ggml_ = ggml_init({.mem_size = size_t{256} << 20, .mem_buffer = nullptr, .no_alloc = false});
  }
  ~TestModelWriter() {
    gguf_free(gguf_);
    ggml_free(ggml_);
  }
  TestModelWriter(const TestModelWriter&) = delete;
  TestModelWriter& operator=(const TestModelWriter&) = delete;

  void Write(const std::string& path) {
    Header();
    Vocabulary();
    const int width = shape_.width;
    Matrix("token_embd.weight", width, kTestVocabulary, 1);
    Matrix("output.weight", width, kTestVocabulary, shape_.output_gain / std::sqrt(width));
    Ones("output_norm.weight", width);
    for (int layer = 0; layer < shape_.layers; ++layer) {
      const std::string block = "blk." + std::to_string(layer) + ".";
      Ones(block + "attn_norm.weight", width);
      if (shape_.architecture == "mamba") {
        StateSpace(block);
      } else if (shape_.architecture == "plamo3") {
        FusedTransformer(block);
      } else {
        Transformer(block);
      }
    }
    gguf_write_to_file(gguf_, path.c_str(), false);
  }

 private:
  static constexpr int kKernel = 4, kState = 8, kRank = 2;  // of Mamba

  void Transformer(const std::string& block) {
    const int width = shape_.width, head = width / shape_.heads, kv = head * shape_.kv_heads;
    const float scale = 1.5f / std::sqrt(static_cast<float>(width));
    Matrix(block + "attn_q.weight", width, width, scale);
    Matrix(block + "attn_k.weight", width, kv, scale);
    Matrix(block + "attn_v.weight", width, kv, scale);
    Matrix(block + "attn_output.weight", width, width, scale);
    Ones(block + "attn_q_norm.weight", head);
    Ones(block + "attn_k_norm.weight", head);
    Ones(block + "ffn_norm.weight", width);
    if (shape_.architecture == "gemma3") {
      Ones(block + "post_attention_norm.weight", width);
      Ones(block + "post_ffw_norm.weight", width);
    }
    Matrix(block + "ffn_gate.weight", width, shape_.feed_forward, scale);
    Matrix(block + "ffn_up.weight", width, shape_.feed_forward, scale);
    Matrix(block + "ffn_down.weight", shape_.feed_forward, width, scale);
  }

  void FusedTransformer(const std::string& block) {
    const int width = shape_.width, head = width / shape_.heads, kv = head * shape_.kv_heads;
    Matrix(block + "attn_qkv.weight", width, width + 2 * kv, 0.1F);
    Matrix(block + "attn_output.weight", width, width, 0.1F);
    Ones(block + "attn_q_norm.weight", head);
    Ones(block + "attn_k_norm.weight", head);
    Ones(block + "post_attention_norm", width);
    Ones(block + "ffn_norm.weight", width);
    Matrix(block + "ffn_up.weight", width, 2 * shape_.feed_forward, 0.1F);
    Matrix(block + "ffn_down.weight", shape_.feed_forward, width, 0.1F);
    Ones(block + "post_ffw_norm", width);
  }

  void StateSpace(const std::string& block) {
    const int width = shape_.width, inner = 2 * width;
    Matrix(block + "ssm_in.weight", width, 2 * inner, 1);
    Matrix(block + "ssm_conv1d.weight", kKernel, inner, 1);
    Ones(block + "ssm_conv1d.bias", inner);
    Matrix(block + "ssm_x.weight", inner, kRank + 2 * kState, 1);
    Matrix(block + "ssm_dt.weight", kRank, inner, 1);
    Ones(block + "ssm_dt.bias", inner);
    Matrix(block + "ssm_a", kState, inner, 1);
    Ones(block + "ssm_d", inner);
    Matrix(block + "ssm_out.weight", inner, width, 1);
  }

  void Number(const std::string& key, int value) {
    gguf_set_val_u32(gguf_, (shape_.architecture + "." + key).c_str(), value);
  }

  void Header() {
    const std::string prefix = shape_.architecture + ".";
    const int head = shape_.width / shape_.heads;
    gguf_set_val_str(gguf_, "general.architecture", shape_.architecture.c_str());
    gguf_set_val_str(gguf_, "general.name", "random test model");
    Number("context_length", shape_.context);
    Number("embedding_length", shape_.width);
    Number("block_count", shape_.layers);
    Number("feed_forward_length", shape_.feed_forward);
    Number("attention.head_count", shape_.heads);
    Number("attention.head_count_kv", shape_.kv_heads);
    Number("attention.key_length", head);
    Number("attention.value_length", head);
    gguf_set_val_f32(gguf_, (prefix + "attention.layer_norm_rms_epsilon").c_str(), 1e-6f);
    gguf_set_val_f32(gguf_, (prefix + "rope.freq_base").c_str(), 10000.0f);
    if (shape_.sliding_window > 0) Number("attention.sliding_window", shape_.sliding_window);
    if (shape_.architecture == "mamba") {
      Number("ssm.conv_kernel", kKernel);
      Number("ssm.inner_size", 2 * shape_.width);
      Number("ssm.state_size", kState);
      Number("ssm.time_step_rank", kRank);
    }
    if (shape_.chat_template) {
      gguf_set_val_str(gguf_, "tokenizer.chat_template", shape_.chat_template);
    }
  }

  void Vocabulary() {
    std::vector<std::string> spelled;
    for (int byte = 0; byte < 256; ++byte) spelled.push_back(SpellByte(byte));
    spelled.insert(spelled.end(), {"<|im_end|>", "<|im_start|>"});
    std::vector<const char*> tokens;
    std::vector<int32_t> types(256, 1);
    types.insert(types.end(), {3, 3});
    for (const std::string& token : spelled) tokens.push_back(token.c_str());
    const char* merge = "\xC4\x80 \xC4\x80";  // never applies: its result is not a token
    gguf_set_val_str(gguf_, "tokenizer.ggml.model", "gpt2");
    if (shape_.pre_tokenizer) {
      gguf_set_val_str(gguf_, "tokenizer.ggml.pre", shape_.pre_tokenizer);
    }
    gguf_set_arr_str(gguf_, "tokenizer.ggml.tokens", tokens.data(), tokens.size());
    gguf_set_arr_data(gguf_, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types.data(),
                      types.size());
    gguf_set_arr_str(gguf_, "tokenizer.ggml.merges", &merge, 1);
    gguf_set_val_u32(gguf_, "tokenizer.ggml.eos_token_id", kTestEndOfText);
    gguf_set_val_bool(gguf_, "tokenizer.ggml.add_bos_token", false);
  }

  void Matrix(const std::string& name, int columns, int rows, float scale) {
    std::normal_distribution<float> normal(0, scale);
    std::vector<float> values(static_cast<size_t>(columns) * rows);
    for (float& value : values) value = normal(random_);
    ggml_tensor* tensor = ggml_new_tensor_2d(ggml_, shape_.weights, columns, rows);
    ggml_quantize_chunk(shape_.weights, values.data(), tensor->data, 0, rows, columns, nullptr);
    Add(tensor, name);
  }

  void Ones(const std::string& name, int size) {
    ggml_tensor* tensor = ggml_new_tensor_1d(ggml_, GGML_TYPE_F32, size);
    for (int i = 0; i < size; ++i) static_cast<float*>(tensor->data)[i] = 1;
    Add(tensor, name);
  }

  void Add(ggml_tensor* tensor, const std::string& name) {
    ggml_set_name(tensor, name.c_str());
    gguf_add_tensor(gguf_, tensor);
  }

  TestModelShape shape_;
  std::mt19937 random_;
  gguf_context* gguf_ = nullptr;
  ggml_context* ggml_ = nullptr;
};

inline void WriteTestModel(const std::string& path, const TestModelShape& shape = {}) {
  TestModelWriter(shape).Write(path);
}

}  // namespace pgts::llm
