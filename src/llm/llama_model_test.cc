// SPDX-License-Identifier: Apache-2.0
// Files that are not what they should be, prompts from a model's own template, and real models.
#include "llm/llama_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>

#include "base/error.h"
#include "base/files.h"
#include "base/gguf_header.h"
#include "base/temp_folder.h"
#include "llm/llama_generator.h"
#include "llm/llama_test_engine.h"
#include "llm/prompt.h"

namespace pgts::llm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string Temporary(const std::string& name) {
  static const TempFolder folder;
  return folder.File(name);
}

std::string ErrorOf(const std::string& path, const std::string& device = "cpu") {
  try {
    LlamaModel::Load(path, device);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TestModelShape Small() { return {.width = 32, .layers = 1, .heads = 2, .feed_forward = 32}; }

TEST(LlamaModel, DescribesTheModel) {
  const ModelInfo& info = TestModel()->info();
  EXPECT_EQ(info.architecture, "qwen3");
  EXPECT_EQ(info.width, 64);
  EXPECT_EQ(info.layers, 2);
  EXPECT_EQ(info.vocabulary, kTestVocabulary);
  EXPECT_EQ(info.context_train, 1024);
  EXPECT_EQ(info.file_hash.size(), 16u);
  EXPECT_EQ(info.kv_bytes_per_token, 2 * 2 * 32 * 2);
}

TEST(LlamaTokenizer, TokenizerGivesBytesBack) {
  const LlamaTokenizer& tokenizer = TestModel()->tokenizer();
  const std::string text = "a b\n\xC3\xA9 12";
  const std::vector<Token> tokens = tokenizer.Tokenize(text, false);
  EXPECT_EQ(tokens.size(), text.size());
  EXPECT_EQ(Text(tokenizer, tokens), text);
  EXPECT_TRUE(tokenizer.IsEndOfText(kTestEndOfText));
  EXPECT_EQ(tokenizer.Piece(kTestEndOfText), "");
}

// The header's reader knows the types of this build.
TEST(LlamaModel, TheTypesOfAHeaderAreThoseOfGgml) {
  for (int type = 0; type <= GGML_TYPE_COUNT; ++type) {
    const GgufBlock block = GgufBlockOf(static_cast<uint32_t>(type));
    const bool known = type < GGML_TYPE_COUNT && ggml_blck_size(static_cast<ggml_type>(type)) > 0;
    ASSERT_EQ(block.elements > 0, known) << type;
    if (!known) continue;
    EXPECT_EQ(block.elements, ggml_blck_size(static_cast<ggml_type>(type))) << type;
    EXPECT_EQ(block.bytes, ggml_type_size(static_cast<ggml_type>(type))) << type;
  }
}

TEST(LlamaModel, AMissingFileIsNamed) {
  EXPECT_THAT(ErrorOf("/no/such/model.gguf"), HasSubstr("/no/such/model.gguf does not exist"));
  EXPECT_THAT(ErrorOf(testing::TempDir()), HasSubstr("is not a file"));
}

TEST(LlamaModel, AnotherFormatIsNamed) {
  const std::string path = Temporary("text.gguf");
  WriteFileAtomic(path, "just text, and long enough to be read");
  EXPECT_THAT(ErrorOf(path), HasSubstr("is not a GGUF file"));
  WriteFileAtomic(path, "");
  EXPECT_THAT(ErrorOf(path), HasSubstr("is not a GGUF file"));
}

TEST(LlamaModel, ARecurrentModelIsRefusedByName) {
  TestModelShape shape = Small();
  shape.architecture = "mamba";
  const std::string path = Temporary("mamba.gguf");
  WriteTestModel(path, shape);
  EXPECT_THAT(ErrorOf(path), AllOf(HasSubstr(path), HasSubstr("architecture mamba is recurrent"),
                                   HasSubstr("use a decoder-only transformer")));
}

TEST(LlamaModel, AFileCutAnywhereIsNamed) {
  const std::string whole = Temporary("whole.gguf"), cut = Temporary("cut.gguf");
  WriteTestModel(whole, Small());
  const std::string bytes = ReadFile(whole);
  for (const double share : {0.0005, 0.01, 0.1, 0.3, 0.6, 0.9, 0.999}) {
    WriteFileAtomic(cut, bytes.substr(0, static_cast<size_t>(bytes.size() * share)));
    EXPECT_THAT(ErrorOf(cut), AllOf(HasSubstr(cut), HasSubstr("cut short"), Not(HasSubstr("\n"))))
        << share;
  }
  WriteFileAtomic(cut, bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(ErrorOf(cut), HasSubstr("cut short"));
}

// Damage to the header ends in one line or in a model; never in an abort.
TEST(LlamaModel, ADamagedHeaderNeverAborts) {
  const std::string whole = Temporary("whole.gguf"), damaged = Temporary("damaged.gguf");
  WriteTestModel(whole, Small());
  const std::string bytes = ReadFile(whole);
  std::mt19937 random(5);
  int errors = 0;
  for (int trial = 0; trial < 150; ++trial) {
    std::string broken = bytes;
    const size_t end = trial % 2 == 0 ? 1200 : 12000;  // the keys; or tokens and tensors too
    for (int i = 0; i < 3; ++i) {
      broken[4 + random() % (end - 4)] = static_cast<char>(random() % 256);
    }
    WriteFileAtomic(damaged, broken);
    const std::string error = ErrorOf(damaged);
    if (error == "no error") continue;
    ++errors;
    EXPECT_THAT(error, AllOf(HasSubstr(damaged), Not(HasSubstr("\n"))));
  }
  EXPECT_GT(errors, 20);
}

// llama.cpp meets these only when it evaluates, and aborts.
TEST(LlamaModel, NumbersThatAbortAnEvaluationAreNamed) {
  const std::string whole = Temporary("whole.gguf"), damaged = Temporary("damaged.gguf");
  WriteTestModel(whole, Small());
  const std::string bytes = ReadFile(whole);
  for (const char* key : {"layer_norm_rms_epsilon", "rope.freq_base"}) {
    std::string broken = bytes;
    const size_t value = bytes.find(key) + std::string(key).size() + sizeof(uint32_t);
    const float infinite = INFINITY;
    std::memcpy(broken.data() + value, &infinite, sizeof(infinite));
    WriteFileAtomic(damaged, broken);
    EXPECT_THAT(ErrorOf(damaged), AllOf(HasSubstr(damaged), HasSubstr(key), HasSubstr("inf")));
  }
  std::string negative = bytes;
  negative[bytes.find("rms_epsilon") + 11 + 2 * sizeof(uint32_t) - 1] ^= 0x80;
  WriteFileAtomic(damaged, negative);
  EXPECT_THAT(ErrorOf(damaged), HasSubstr("rms_epsilon = -"));
}

TEST(LlamaModel, AnUnknownArchitectureIsNamed) {
  const std::string path = Temporary("unknown.gguf");
  TestModelShape shape = Small();
  shape.architecture = "qwen99";
  WriteTestModel(path, shape);
  EXPECT_THAT(ErrorOf(path), AllOf(HasSubstr(path), HasSubstr("qwen99")));
}

TEST(LlamaModel, DevicesAreChecked) {
  const std::string path = Temporary("whole.gguf");
  WriteTestModel(path, Small());
  EXPECT_THAT(ErrorOf(path, "gpu"), HasSubstr("cpu, cuda, cuda:N"));
  EXPECT_THAT(ErrorOf(path, "cuda:x"), HasSubstr("cpu, cuda, cuda:N"));
  EXPECT_THAT(ErrorOf(path, "cuda:99"), HasSubstr("is not there"));
}

TEST(LlamaModel, EngineOptionsAreChecked) {
  const std::string path = Temporary("whole.gguf");
  WriteTestModel(path, Small());
  const auto model = LlamaModel::Load(path);
  EXPECT_THROW(MakeLlamaGenerator(model, {.width = 0}), Error);
  EXPECT_THROW(MakeLlamaGenerator(model, {.width = 2, .pool_size = 3}), Error);
}

const std::vector<ChatMessage> kQuestion = {{"user", "u"}};

constexpr const char* kChatMl =
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{{ '<|im_start|>assistant\n' }}";

TEST(Prompt, ChatUsesTheModelsTemplate) {
  const std::string path = Temporary("chat.gguf");
  TestModelShape shape = Small();
  shape.chat_template = kChatMl;
  WriteTestModel(path, shape);
  const auto model = LlamaModel::Load(path);
  const std::vector<ChatMessage> messages = {
      {"system", "S"}, {"user", "q"}, {"assistant", "a"}, {"user", "u"}};
  EXPECT_EQ(ResolvePromptKind(model->tokenizer(), PromptKind::kAuto), PromptKind::kChat);
  EXPECT_EQ(ChatText(model->tokenizer(), messages),
            "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nq<|im_end|>\n"
            "<|im_start|>assistant\na<|im_end|>\n<|im_start|>user\nu<|im_end|>\n"
            "<|im_start|>assistant\n");
  const PrefixPtr prefix = ChatPrefix(model->tokenizer(), messages);
  EXPECT_EQ(prefix->tokens[0], kTestVocabulary - 1);  // <|im_start|> as one token
}

TEST(Prompt, ThinkingIsSwitchedOff) {
  const std::string path = Temporary("think.gguf");
  const std::string chat_template =
      std::string(kChatMl) + "{% if enable_thinking is false %}<think></think>{% endif %}";
  TestModelShape shape = Small();
  shape.chat_template = chat_template.c_str();
  WriteTestModel(path, shape);
  const auto model = LlamaModel::Load(path);
  EXPECT_THAT(ChatText(model->tokenizer(), kQuestion),
              testing::EndsWith("<|im_start|>assistant\n<think></think>"));
  EXPECT_THAT(ChatText(model->tokenizer(), kQuestion, /*thinking=*/true),
              testing::EndsWith("<|im_start|>assistant\n"));
}

TEST(Prompt, ATemplateThatFailsNamesTheCure) {
  const std::string path = Temporary("template.gguf");
  TestModelShape shape = Small();
  shape.chat_template = "{{ raise_exception('no') }}";
  WriteTestModel(path, shape);
  const auto model = LlamaModel::Load(path);
  try {
    ChatText(model->tokenizer(), kQuestion);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("(line 1, column 19: no)"), HasSubstr("--prompt plain")));
  }
}

std::string Announced(const char* chat_template, const PromptOptions& options) {
  const std::string path = Temporary("announced.gguf");
  TestModelShape shape = Small();
  shape.chat_template = chat_template;
  WriteTestModel(path, shape);
  const auto model = LlamaModel::Load(path);
  testing::internal::CaptureStderr();
  std::string error;
  try {
    CheckPrompt(model->tokenizer(), options, "m.gguf");
  } catch (const Error& thrown) {
    error = std::string("error: ") + thrown.what();
  }
  return testing::internal::GetCapturedStderr() + error;
}

TEST(Prompt, WhatAModelDoesOtherwiseIsSaidAloud) {
  constexpr const char* kForced = "{% for m in messages %}{{ m.content }}{% endfor %}<think>";
  EXPECT_EQ(Announced(kChatMl, {}), "");
  EXPECT_EQ(Announced(nullptr, {.kind = PromptKind::kPlain}), "");
  EXPECT_THAT(Announced(nullptr, {}), HasSubstr("no chat template"));
  EXPECT_THAT(Announced(nullptr, {.kind = PromptKind::kChat}),
              HasSubstr("error: m.gguf: the model carries no chat template; use --prompt plain"));
  EXPECT_THAT(Announced(kForced, {}), HasSubstr("set generator.thinking = true"));
  EXPECT_EQ(Announced(kForced, {.thinking = true}), "");
  EXPECT_THAT(Announced(kChatMl, {.thinking = true}), HasSubstr("no switch"));
  EXPECT_THAT(Announced("{{ messages[-1].content }}", {}), "");  // the system's before the user's
  EXPECT_THAT(Announced("{{ messages[-1].role }}", {}),
              HasSubstr("error: m.gguf: the model's chat template leaves out the system's text"));
}

TEST(LlamaModel, AMissingPreTokenizerIsSaidAloud) {
  const std::string path = Temporary("pre.gguf");
  TestModelShape shape = Small();
  shape.pre_tokenizer = nullptr;
  WriteTestModel(path, shape);
  testing::internal::CaptureStderr();
  LlamaModel::Load(path);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr(path), HasSubstr("tokenizer.ggml.pre")));
}

// Every real model at hand answers an easy question.
TEST(RealModels, AnswerAQuestion) {
  const char* folder = std::getenv("PGTS_MODELS");
  if (!folder) GTEST_SKIP() << "PGTS_MODELS is not set: no real model is tried";
  int tried = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path();
    if (entry.path().extension() != ".gguf" || path.find("nstruct") == std::string::npos) continue;
    ++tried;
    const auto model = LlamaModel::Load(path);
    const auto generator = MakeLlamaGenerator(model, {.width = 2, .context = 512});
    const auto sampling =
        std::make_shared<SamplingOptions>(SamplingOptions{.temperature = 0, .max_new_tokens = 24});
    const std::vector<ChatMessage> question = {
        {"user", "What is the capital of France? Answer in one sentence."}};
    const PrefixPtr prompt = ChatPrefix(model->tokenizer(), question);
    const GenerateRequest request{prompt, 1, Key("d"), sampling};
    const Generation result = WriteAll(*generator, {&request, 1})[0];
    EXPECT_THAT(Text(model->tokenizer(), result.tokens), HasSubstr("Paris")) << path;
    EXPECT_EQ(generator->counts().prompt, prompt->length);

    const auto encoder = MakeLlamaEncoder(model, {.width = 2, .context = 512});
    const std::vector<EncodeRequest> requests = {
        {prompt, 1}, {Extend(prompt, result.tokens), 2}, {Extend(prompt, result.tokens), 3}};
    const size_t width = model->info().width;
    std::vector<float> hidden(3 * width);
    encoder->Encode(requests, hidden);
    double same = 0, other = 0;
    for (size_t i = 0; i < width; ++i) {
      same = std::max(same, std::abs(double{hidden[width + i]} - hidden[2 * width + i]));
      other = std::max(other, std::abs(double{hidden[width + i]} - hidden[i]));
    }
    EXPECT_LT(same, 0.05 * other) << path;
  }
  EXPECT_GT(tried, 0) << "no instruct model in " << folder;
}

// What follows a shared or cut-back path longer than the window is what reading it alone gives.
TEST(RealModels, ASlidingWindowLosesNothingWhereAPrefixIsShared) {
  const char* folder = std::getenv("PGTS_MODELS");
  const std::string path =
      folder ? std::string(folder) + "/gemma-3-270m-Q4_K_M.gguf" : std::string();
  if (!folder || !std::filesystem::exists(path)) {
    GTEST_SKIP() << "PGTS_MODELS holds no gemma-3-270m (fetch-models.sh gemma270m)";
  }
  const auto model = LlamaModel::Load(path);
  std::string text;
  for (int i = 0; i < 90; ++i) text += "Item " + std::to_string(i * 7919 % 1000) + " costs more.\n";
  std::vector<Token> tokens = model->tokenizer().Tokenize(text, false);
  ASSERT_GT(tokens.size(), 640u);  // the window is 512
  tokens.resize(640);
  const PrefixPtr trunk = Extend(nullptr, std::vector<Token>(tokens.begin(), tokens.begin() + 600));
  const PrefixPtr branches[] = {Extend(trunk, {tokens.begin() + 600, tokens.end()}),
                                Extend(trunk, {tokens.begin(), tokens.begin() + 20}), trunk};
  const auto sampling =
      std::make_shared<SamplingOptions>(SamplingOptions{.temperature = 0, .max_new_tokens = 4});
  for (const KvLayout layout : {KvLayout::kUnified, KvLayout::kStreams}) {
    const EngineOptions options{.width = 2, .context = 704, .layout = layout};
    const auto shared = MakeLlamaGenerator(model, options);
    for (uint64_t i = 0; i < 4; ++i) {  // the last walks where the first did, and cuts back
      const GenerateRequest request{branches[i % 3], i % 2, Key("d"), sampling,
                                    /*with_state=*/true};
      const auto alone = MakeLlamaGenerator(model, options);
      const Generation got = WriteAll(*shared, {&request, 1})[0];
      const Generation want = WriteAll(*alone, {&request, 1})[0];
      EXPECT_EQ(got.tokens, want.tokens);
      EXPECT_NEAR(got.log_prob, want.log_prob, 0.3);
      double difference = 0, norm = 0;
      for (size_t d = 0; d < want.state.size(); ++d) {
        difference += std::pow(double{got.state[d]} - want.state[d], 2);
        norm += std::pow(double{want.state[d]}, 2);
      }
      EXPECT_GT(norm, 0);
      // With these 4-bit weights batches of other sizes alone make 0.03 to 0.06.
      EXPECT_LT(std::sqrt(difference), 0.12 * std::sqrt(norm));
    }
    EXPECT_LT(shared->counts().prompt + shared->counts().evaluated, 600 + 3 * 64);
  }
}

}  // namespace
}  // namespace pgts::llm
