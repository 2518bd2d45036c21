// SPDX-License-Identifier: Apache-2.0
// The trainable decoder and llama.cpp compute the same logits and the same hidden states for the
// same tokens, so that what is trained in one runs in the other. With random weights of every
// family, with the embedded model, and with the real ones that PGTS_MODELS has.
#include <gtest/gtest.h>
#include <llama.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/temp_folder.h"
#include "model/decoder.h"
#include "model/gguf_reader.h"
#include "model/gguf_writer.h"
#include "model/tiny_shape.h"

namespace pgts::model {
namespace {

using Model = std::unique_ptr<llama_model, decltype(&llama_model_free)>;
using Context = std::unique_ptr<llama_context, decltype(&llama_free)>;

Model LoadModel(const std::string& path) {
  static const bool started = [] {
    llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
    llama_backend_init();
    return true;
  }();
  EXPECT_TRUE(started);
  return Model(llama_model_load_from_file(path.c_str(), llama_model_default_params()),
               llama_model_free);
}

// [tokens, vocab], or hidden states after the last norm [tokens, width]
torch::Tensor LlamaOutputs(llama_model* model, const std::vector<llama_token>& tokens,
                           bool hidden) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = 256;
  params.n_batch = params.n_ubatch = 256;
  params.n_threads = params.n_threads_batch = 2;
  params.type_k = params.type_v = GGML_TYPE_F32;
  params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  params.embeddings = hidden;
  params.pooling_type = LLAMA_POOLING_TYPE_NONE;
  const Context context(llama_init_from_model(model, params), llama_free);
  const auto count = static_cast<int32_t>(tokens.size());
  llama_batch batch = llama_batch_init(count, 0, 1);
  batch.n_tokens = count;
  for (int32_t i = 0; i < count; ++i) {
    batch.token[i] = tokens[i];
    batch.pos[i] = i;
    batch.n_seq_id[i] = 1;
    batch.seq_id[i][0] = 0;
    batch.logits[i] = 1;
  }
  EXPECT_EQ(llama_decode(context.get(), batch), 0);
  llama_batch_free(batch);
  if (hidden) {
    const int32_t width = llama_model_n_embd(model);
    return torch::from_blob(llama_get_embeddings(context.get()), {count, width}).clone();
  }
  const int32_t vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
  return torch::from_blob(llama_get_logits(context.get()), {count, vocab}).clone();
}

torch::Tensor LlamaLogits(llama_model* model, const std::vector<llama_token>& tokens) {
  return LlamaOutputs(model, tokens, /*hidden=*/false);
}

double LogitDifference(const DecoderShape& shape, WeightType type, const std::string& path) {
  // As trained weights are, and unlike fresh ones, norm gains are not all 1.
  Decoder decoder(shape, 4);
  {
    torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    for (const auto& [name, weight] : decoder.Weights()) {
      if (weight.dim() == 1) torch::Tensor(weight).add_(0.3 * torch::randn_like(weight));
    }
  }
  WriteGguf(path, decoder, {.type = type});
  const auto read = ReadGguf(path);  // the rounded weights, if they are
  const Model model = LoadModel(path);
  EXPECT_NE(model, nullptr);
  if (!model) return 1e9;
  std::vector<llama_token> tokens;
  for (int i = 0; i < 200; ++i) tokens.push_back((i * i * 7 + i * 31) % 256);
  const std::vector<int64_t> wide(tokens.begin(), tokens.end());
  torch::NoGradGuard no_grad;
  const torch::Tensor ours =
      read->Logits(read->Forward(torch::tensor(wide, torch::kInt64).unsqueeze(0)))[0];
  const torch::Tensor theirs = LlamaLogits(model.get(), tokens);
  EXPECT_EQ(ours.sizes(), theirs.sizes());
  EXPECT_GT(ours.std().item<double>(), 0.1);
  return (ours - theirs).abs().max().item<double>();
}

class DecoderAgainstLlama : public ::testing::Test {
 protected:
  TempFolder folder_;
  std::string path_ = folder_.File("model.gguf");
  DecoderShape shape_ = SmallShape();
};

TEST_F(DecoderAgainstLlama, Qwen3) {
  EXPECT_LT(LogitDifference(shape_, WeightType::kF32, path_), 1e-3);
}

TEST_F(DecoderAgainstLlama, Qwen2WithBiasesAndItsOwnOutput) {
  shape_.qk_norm = false;
  shape_.qkv_bias = true;
  shape_.tied = false;
  shape_.head_dim = 16;  // llama.cpp derives it from the width for this architecture
  EXPECT_LT(LogitDifference(shape_, WeightType::kF32, path_), 1e-3);
}

TEST_F(DecoderAgainstLlama, Llama) {
  shape_.family = Family::kLlama;
  shape_.qk_norm = false;
  EXPECT_LT(LogitDifference(shape_, WeightType::kF32, path_), 1e-3);
}

TEST_F(DecoderAgainstLlama, LlamaWithBiasesFactorsAndLinearScaling) {
  shape_.family = Family::kLlama;
  shape_.qk_norm = false;
  shape_.qkv_bias = true;
  shape_.tied = false;
  shape_.rope_scale = 4.0f;
  for (int i = 0; i < 16; ++i) shape_.rope_factors.push_back(1.0f + 0.5f * static_cast<float>(i));
  EXPECT_LT(LogitDifference(shape_, WeightType::kF32, path_), 1e-3);
}

TEST_F(DecoderAgainstLlama, Qwen3WithLinearScaling) {
  shape_.rope_scale = 2.5f;
  EXPECT_LT(LogitDifference(shape_, WeightType::kF32, path_), 1e-3);
}

std::vector<llama_token> Tokens(llama_model* model) {
  const std::string text =
      "Ann has 3 pens and buys 2 packs of 4. How many has she?\n2*4=8\n3+8=11\n";
  std::vector<llama_token> tokens(text.size() + 8);
  const int32_t count =
      llama_tokenize(llama_model_get_vocab(model), text.data(), static_cast<int32_t>(text.size()),
                     tokens.data(), static_cast<int32_t>(tokens.size()), true, true);
  tokens.resize(std::max(count, 0));
  return tokens;
}

// Both of our hidden states [tokens, width] against llama.cpp's.
struct Difference {
  double relative = 1e9;  // |ours - theirs| / |theirs|, over all tokens together
  double cosine = -1;     // least over the tokens
};

Difference Compare(Decoder& decoder, const std::string& path) {
  const Model model = LoadModel(path);
  EXPECT_NE(model, nullptr);
  if (!model) return {};
  const std::vector<llama_token> tokens = Tokens(model.get());
  EXPECT_GT(tokens.size(), 20u);
  torch::NoGradGuard no_grad;
  const std::vector<int64_t> wide(tokens.begin(), tokens.end());
  const torch::Tensor ours = decoder.Forward(torch::tensor(wide).unsqueeze(0))[0];
  const torch::Tensor theirs = LlamaOutputs(model.get(), tokens, /*hidden=*/true);
  EXPECT_EQ(ours.sizes(), theirs.sizes());
  return {.relative = ((ours - theirs).norm() / theirs.norm()).item<double>(),
          .cosine = torch::cosine_similarity(ours, theirs, 1).min().item<double>()};
}

// As float32 the file that we write back holds the very weights that we compute with, so that
// reader, writer and decoder are all in it. llama.cpp rounds activations where weights are
// quantised, and the original is met less closely.
TEST_F(DecoderAgainstLlama, TheEmbeddedModel) {
  const std::string original = PGTS_SOURCE_DIR "/models/tiny.gguf";
  const auto decoder = ReadGguf(original);
  WriteGguf(path_, *decoder, {.base = original});
  EXPECT_LT(Compare(*decoder, path_).relative, 1e-5);
  EXPECT_LT(Compare(*decoder, original).relative, 0.03);
}

// The path of a real model; "": it is not there.
std::string RealModel(const std::string& file) {
  const char* folder = std::getenv("PGTS_MODELS");
  const std::string path = folder == nullptr ? "" : std::string(folder) + "/" + file;
  return std::filesystem::exists(path) ? path : "";
}

TEST_F(DecoderAgainstLlama, SmolLm2) {
  const std::string original = RealModel("SmolLM2-135M-Instruct-Q4_1.gguf");
  if (original.empty()) GTEST_SKIP() << "PGTS_MODELS has no SmolLM2-135M-Instruct-Q4_1.gguf";
  const auto decoder = ReadGguf(original, /*context=*/128);
  EXPECT_EQ(decoder->shape().family, Family::kLlama);
  WriteGguf(path_, *decoder, {.base = original});
  EXPECT_LT(Compare(*decoder, path_).relative, 1e-5);
  const Difference rounded = Compare(*decoder, original);
  EXPECT_LT(rounded.relative, 0.06);  // measured: 0.033
  EXPECT_GT(rounded.cosine, 0.99);    // measured: 0.998
}

// Too large to be written out as float32 for a test: the original only.
TEST_F(DecoderAgainstLlama, QwenCoder) {
  const std::string original = RealModel("Qwen2.5-Coder-0.5B-Instruct-Q4_K_M.gguf");
  if (original.empty())
    GTEST_SKIP() << "PGTS_MODELS has no Qwen2.5-Coder-0.5B-Instruct-Q4_K_M.gguf";
  const Difference rounded = Compare(*ReadGguf(original, /*context=*/128), original);
  EXPECT_LT(rounded.relative, 0.06);  // measured: 0.029
  EXPECT_GT(rounded.cosine, 0.99);    // measured: 0.999
}

TEST_F(DecoderAgainstLlama, RoundedWeights) {
  // llama.cpp rounds activations too: to 16 bits, and to 8 bits in blocks of 32.
  EXPECT_LT(LogitDifference(shape_, WeightType::kF16, path_), 0.05);
  EXPECT_LT(LogitDifference(shape_, WeightType::kBF16, path_), 0.2);
  EXPECT_LT(LogitDifference(shape_, WeightType::kQ8_0, path_), 0.3);
}

TEST_F(DecoderAgainstLlama, TokensAreBytes) {
  WriteGguf(path_, Decoder(shape_));
  const Model model = LoadModel(path_);
  ASSERT_NE(model, nullptr);
  const llama_vocab* vocab = llama_model_get_vocab(model.get());
  EXPECT_EQ(llama_vocab_eos(vocab), kEndToken);
  EXPECT_TRUE(llama_vocab_is_eog(vocab, kEndToken));
  EXPECT_FALSE(llama_vocab_get_add_bos(vocab));
  const std::string text = "Ann has 3 pens,\n  and 10-4=6 \xE2\x82\xAC\tmore.\n#### 6\n";
  std::vector<llama_token> tokens(text.size() + 8);
  const int32_t count = llama_tokenize(vocab, text.data(), static_cast<int32_t>(text.size()),
                                       tokens.data(), static_cast<int32_t>(tokens.size()),
                                       /*add_special=*/true, /*parse_special=*/true);
  ASSERT_EQ(count, static_cast<int32_t>(text.size()));
  for (int32_t i = 0; i < count; ++i) {
    EXPECT_EQ(tokens[i], static_cast<unsigned char>(text[i]));
    char piece[8];
    ASSERT_EQ(llama_token_to_piece(vocab, tokens[i], piece, sizeof(piece), 0, true), 1);
    EXPECT_EQ(piece[0], text[i]);
  }
}

}  // namespace
}  // namespace pgts::model
