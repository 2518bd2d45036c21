// SPDX-License-Identifier: Apache-2.0
// A decoder with LoRA and llama.cpp with base and adapter compute the same hidden states, for every
// family; and an adapter that does not fit ends in one line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"
#include "llama.h"
#include "llm/llama_model.h"
#include "model/decoder.h"
#include "model/gguf_lora.h"
#include "model/gguf_reader.h"
#include "model/gguf_writer.h"
#include "model/lora_fixture.h"
#include "model/tiny_shape.h"

namespace pgts::model {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

DecoderShape Qwen2() {
  DecoderShape shape = SmallShape();
  shape.qk_norm = false;
  shape.qkv_bias = true;
  shape.head_dim = 16;
  return shape;
}

DecoderShape Llama() {
  DecoderShape shape = SmallShape();
  shape.family = Family::kLlama;
  shape.qk_norm = false;
  shape.rope_factors.assign(16, 1.5f);
  return shape;
}

std::vector<llm::Token> Tokens() {
  std::vector<llm::Token> tokens;
  for (int i = 0; i < 100; ++i) tokens.push_back((i * i * 7 + i * 31) % 256);
  return tokens;
}

// [width]: the hidden state of the last token, in llama.cpp with float32 keys and values.
torch::Tensor LlamaHidden(const std::string& path, const std::string& adapter) {
  const auto model = llm::LlamaModel::Load(path, "cpu", adapter);
  llama_context_params params = llama_context_default_params();
  params.n_ctx = params.n_batch = 256;
  params.n_threads = params.n_threads_batch = 1;
  params.type_k = params.type_v = GGML_TYPE_F32;
  params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  params.embeddings = true;
  params.pooling_type = LLAMA_POOLING_TYPE_NONE;
  const std::unique_ptr<llama_context, decltype(&llama_free)> context(
      llama_init_from_model(model->get(), params), llama_free);
  model->Adapt(context.get());
  std::vector<llm::Token> tokens = Tokens();
  EXPECT_EQ(llama_decode(context.get(), llama_batch_get_one(tokens.data(), tokens.size())), 0);
  return torch::from_blob(llama_get_embeddings_ith(context.get(), -1), {model->info().width})
      .clone();
}

torch::Tensor Hidden(Decoder& decoder) {
  const std::vector<llm::Token> tokens = Tokens();
  const std::vector<int64_t> wide(tokens.begin(), tokens.end());
  torch::NoGradGuard no_grad;
  return decoder.Forward(torch::tensor(wide).unsqueeze(0))[0][-1];
}

double Relative(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

void FillLora(Decoder& decoder) {
  torch::NoGradGuard no_grad;
  torch::manual_seed(8);
  for (const auto& [name, weight] : decoder.LoraWeights()) weight.normal_(0, 0.1);
}

class LoraAgainstLlama : public ::testing::Test {
 protected:
  // Base and adapter files of a random model.
  std::shared_ptr<Decoder> Make(const DecoderShape& shape, uint64_t seed = 4) {
    const Decoder base(shape, seed);
    WriteGguf(base_, base);
    auto decoder = ReadGguf(base_);
    decoder->AddLora({.rank = 6, .alpha = 15}, 1);
    FillLora(*decoder);
    WriteLoraAdapter(adapter_, *decoder, base_);
    return decoder;
  }

  void ExpectTheSame(const DecoderShape& shape) {
    const auto decoder = Make(shape);
    const torch::Tensor base = Hidden(*ReadGguf(base_));
    const torch::Tensor ours = Hidden(*decoder);
    EXPECT_GT(Relative(base, ours), 0.1) << "the adapter does nothing";
    EXPECT_LT(Relative(LlamaHidden(base_, ""), base), 1e-5);
    EXPECT_LT(Relative(LlamaHidden(base_, adapter_), ours), 1e-5);
  }

  std::string LoadMessage() {
    try {
      llm::LlamaModel::Load(base_, "cpu", adapter_);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  // Puts `after` in place of `before`, of the same length, in the adapter.
  void Edit(std::string_view before, std::string_view after) {
    std::string bytes = ReadFile(adapter_);
    bytes.replace(bytes.find(before), before.size(), after);
    Put(bytes);
  }

  void Put(std::string_view bytes) {
    std::ofstream(adapter_, std::ios::binary).write(bytes.data(), bytes.size());
  }

  TempFolder folder_;
  std::string base_ = folder_.File("base.gguf"), adapter_ = folder_.File("adapter.gguf");
};

TEST_F(LoraAgainstLlama, OfQwen3) { ExpectTheSame(SmallShape()); }
TEST_F(LoraAgainstLlama, OfQwen2) { ExpectTheSame(Qwen2()); }
TEST_F(LoraAgainstLlama, OfLlama) { ExpectTheSame(Llama()); }

// llama.cpp multiplies another way with each type of weight.
TEST_F(LoraAgainstLlama, OnAQuantisedBase) {
  const auto made = Make(Llama());
  WriteGguf(base_, *ReadGguf(base_), {.type = WeightType::kQ8_0});
  WriteLoraAdapter(adapter_, *made, base_);
  const auto decoder = ReadGguf(base_);
  ReadLoraAdapter(adapter_, *decoder);
  EXPECT_LT(Relative(LlamaHidden(base_, adapter_), Hidden(*decoder)), 0.03);
}

TEST_F(LoraAgainstLlama, TheHashCoversTheAdapter) {
  const auto decoder = Make(SmallShape());
  const auto hash = [&](const std::string& adapter) {
    return llm::LlamaModel::Load(base_, "cpu", adapter)->info().file_hash;
  };
  const std::string plain = hash(""), adapted = hash(adapter_);
  EXPECT_EQ(plain, HashFile(base_));
  EXPECT_NE(plain, adapted);
  EXPECT_EQ(adapted, hash(adapter_));
  torch::NoGradGuard no_grad;
  decoder->LoraWeights()[0].second.add_(1);
  WriteLoraAdapter(adapter_, *decoder, base_);
  EXPECT_NE(adapted, hash(adapter_));
}

TEST_F(LoraAgainstLlama, AnAdapterOfAnotherModelIsRefused) {
  Make(SmallShape());
  WriteGguf(base_, Decoder(SmallShape(), 5));
  EXPECT_THAT(LoadMessage(), AllOf(HasSubstr(adapter_), HasSubstr("trained on a model with hash")));
  WriteGguf(base_, Decoder(Llama(), 5));
  EXPECT_THAT(LoadMessage(), HasSubstr("adapts architecture qwen3"));
  Make(SmallShape());
  std::filesystem::copy_file(base_, adapter_, std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(LoadMessage(), HasSubstr("is no LoRA adapter"));
}

TEST_F(LoraAgainstLlama, WhatDoesNotFitIsRefused) {
  Make(SmallShape());
  const std::string bytes = ReadFile(adapter_);
  std::filesystem::remove(adapter_);
  EXPECT_THAT(LoadMessage(), HasSubstr("does not exist"));
  Put(bytes);
  Edit("blk.1.ffn_up.weight.lora_b", "blk.7.ffn_up.weight.lora_b");
  EXPECT_THAT(LoadMessage(), AllOf(HasSubstr("cannot be applied"), HasSubstr("missing one")));
  Edit("blk.1.ffn_up.weight.lora_a", "blk.7.ffn_up.weight.lora_a");
  EXPECT_THAT(LoadMessage(), AllOf(HasSubstr("cannot be applied"), HasSubstr("blk.7.ffn_up")));
  Put(bytes);
  Edit("blk.1.ffn_up.weight.lora_b", "blk.1.ffn_down_norm.weight");
  EXPECT_THAT(LoadMessage(), HasSubstr("blk.1.ffn_down_norm.weight is not of LoRA"));
  Put(bytes);
  Edit("adapter.type", "adapter.tipe");
  EXPECT_THAT(LoadMessage(), HasSubstr("is no LoRA adapter"));
  Put(bytes);
  EXPECT_EQ(LoadMessage(), "no error");
}

// Without the hash of its base: the sizes must fit all the same.
TEST_F(LoraAgainstLlama, OtherSizesAreRefused) {
  Make(SmallShape());
  Edit("pgts.base_hash", "pgts.some_hash");
  DecoderShape wide = SmallShape();
  wide.ff_width = 128;
  WriteGguf(base_, Decoder(wide));
  EXPECT_THAT(LoadMessage(), AllOf(HasSubstr("cannot be applied"), HasSubstr("incorrect shape")));
}

TEST_F(LoraAgainstLlama, DamageEndsInOneLine) {
  Make(SmallShape());
  const std::string bytes = ReadFile(adapter_);
  for (size_t keep = 0; keep < bytes.size(); keep += 1 + bytes.size() / 23) {
    Put(bytes.substr(0, keep));
    EXPECT_THAT(LoadMessage(), AllOf(HasSubstr(adapter_), Not(HasSubstr("\n")))) << keep;
  }
  int refused = 0;
  for (size_t at = 4; at < 3000; at += 29) {
    std::string damaged = bytes;
    for (size_t i = at; i < at + 4; ++i) damaged[i] = static_cast<char>(0xFF);
    Put(damaged);
    const std::string message = LoadMessage();
    if (message == "no error") continue;
    ++refused;
    EXPECT_THAT(message, AllOf(HasSubstr(adapter_), Not(HasSubstr("\n"))));
  }
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace pgts::model
