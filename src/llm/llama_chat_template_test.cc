// SPDX-License-Identifier: Apache-2.0
// Templates of real models (they come with llama.cpp's sources), held to prompts written out by
// hand and to what jinja2 renders; and what templates can do wrong.
#include "llm/llama_chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "llm/prompt.h"

namespace pgts::llm {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<ChatMessage> kChat = {{"system", "Reason step by step."},
                                        {"user", "How many are 2 + 3?"},
                                        {"assistant", "2 + 3 = 5\n#### 5"},
                                        {"user", "And 4 + 7?"}};

fs::path Folder() { return fs::path(PGTS_LLAMA_SOURCE) / "models/templates"; }

std::string RenderSource(std::string source, bool thinking = false,
                         const std::vector<ChatMessage>& messages = kChat) {
  return LlamaChatTemplate({.source = std::move(source), .bos = "<s>", .eos = "</s>"})
      .Render(messages, thinking);
}

std::string RenderModel(const std::string& name, bool thinking = false) {
  return RenderSource(ReadFile((Folder() / (name + ".jinja")).string()), thinking);
}

std::string FaultOf(const std::string& source) {
  try {
    return "no error, but " + RenderSource(source);
  } catch (const Error& error) {
    return error.what();
  }
}

const std::string kChatMl =
    "<|im_start|>system\nReason step by step.<|im_end|>\n"
    "<|im_start|>user\nHow many are 2 + 3?<|im_end|>\n"
    "<|im_start|>assistant\n2 + 3 = 5\n#### 5<|im_end|>\n"
    "<|im_start|>user\nAnd 4 + 7?<|im_end|>\n"
    "<|im_start|>assistant\n";

TEST(LlamaChatTemplateTest, Qwen) {
  EXPECT_EQ(RenderModel("Qwen-Qwen2.5-7B-Instruct"), kChatMl);
  EXPECT_EQ(RenderModel("Qwen-Qwen3-0.6B"), kChatMl + "<think>\n\n</think>\n\n");
  EXPECT_EQ(RenderModel("Qwen-Qwen3-0.6B", /*thinking=*/true), kChatMl);
  // Nearest to Qwen3-2507 Instruct, which has no switch.
  EXPECT_EQ(RenderModel("Qwen3-Coder"), kChatMl);
  EXPECT_EQ(RenderModel("Qwen3-Coder", /*thinking=*/true), kChatMl);
}

// Nearest to Qwen3-2507 Thinking, which begins without <s>.
TEST(LlamaChatTemplateTest, StepFunThinksWhateverItIsAsked) {
  for (const bool thinking : {false, true}) {
    EXPECT_EQ(RenderModel("StepFun3.5-Flash", thinking), "<s>" + kChatMl + "<think>\n");
  }
}

TEST(LlamaChatTemplateTest, LlamaSaysTheSameDateEveryDay) {
  EXPECT_EQ(RenderModel("meta-llama-Llama-3.2-3B-Instruct"),
            "<s><|start_header_id|>system<|end_header_id|>\n\n"
            "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n"
            "Reason step by step.<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nHow many are 2 + 3?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n2 + 3 = 5\n#### 5<|eot_id|>"
            "<|start_header_id|>user<|end_header_id|>\n\nAnd 4 + 7?<|eot_id|>"
            "<|start_header_id|>assistant<|end_header_id|>\n\n");
  EXPECT_EQ(RenderModel("meta-llama-Llama-3.1-8B-Instruct"),
            RenderModel("meta-llama-Llama-3.2-3B-Instruct"));
}

TEST(LlamaChatTemplateTest, TheDateIsTheSameInEveryTimeZone) {
  const std::string source = "{{ strftime_now('%Y-%m-%d') }}";
  for (const char* zone : {"Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"}) {
    setenv("TZ", zone, 1);
    tzset();
    EXPECT_EQ(RenderSource(source), kTemplateDate) << zone;
  }
  unsetenv("TZ");
  tzset();
}

// Nearest to Gemma 3, whose template itself puts the system text there.
TEST(LlamaChatTemplateTest, GemmaGetsTheSystemTextInTheFirstTurn) {
  EXPECT_EQ(RenderModel("google-gemma-2-2b-it"),
            "<s><start_of_turn>user\nReason step by step.\n\nHow many are 2 + 3?<end_of_turn>\n"
            "<start_of_turn>model\n2 + 3 = 5\n#### 5<end_of_turn>\n"
            "<start_of_turn>user\nAnd 4 + 7?<end_of_turn>\n<start_of_turn>model\n");
}

TEST(LlamaChatTemplateTest, SmolLm3) {
  const std::string thought = "<think>\n\n</think>\n";
  const std::string before =
      "<|im_start|>system\n## Metadata\n\nKnowledge Cutoff Date: June 2025\n"
      "Reasoning Mode: /no_think\n\n## Custom Instructions\n\nReason step by step.\n\n<|im_end|>\n"
      "<|im_start|>user\nHow many are 2 + 3?<|im_end|>\n<|im_start|>assistant\n";
  EXPECT_EQ(RenderModel("HuggingFaceTB-SmolLM3-3B"),
            before + thought +
                "2 + 3 = 5\n#### 5<|im_end|>\n<|im_start|>user\nAnd 4 + 7?<|im_end|>\n"
                "<|im_start|>assistant\n" +
                thought);
  EXPECT_THAT(RenderModel("HuggingFaceTB-SmolLM3-3B", /*thinking=*/true),
              AllOf(HasSubstr("Reasoning Mode: /think\n"), EndsWith("<|im_start|>assistant\n")));
}

TEST(LlamaChatTemplateTest, Glm) {
  const std::string before = "[gMASK]<sop><|system|>\nReason step by step.<|user|>\n";
  const std::string answer = "<|assistant|>\n<think></think>\n2 + 3 = 5\n#### 5<|user|>\n";
  EXPECT_EQ(RenderModel("GLM-4.6"), before + "How many are 2 + 3?/nothink" + answer +
                                        "And 4 + 7?/nothink<|assistant|>\n<think></think>");
  EXPECT_EQ(RenderModel("GLM-4.6", /*thinking=*/true),
            before + "How many are 2 + 3?" + answer + "And 4 + 7?<|assistant|>");
}

TEST(LlamaChatTemplateTest, EverySwitchForThinkingIsKnown) {
  const std::map<std::string, std::pair<std::string, std::string>> ends = {
      {"ByteDance-Seed-OSS", {"</seed:think>", "assistant\n"}},
      {"Cohere2MoE", {"<|START_THINKING|><|END_THINKING|>", "<|START_THINKING|>"}},
      {"Kimi-K3", {"<|open|>response<|sep|>", "<|open|>think<|sep|>"}},
      {"MiniMax-M3", {"</mm:think>", "<mm:think>"}},
      {"NVIDIA-Nemotron-Nano-v2", {"<think></think>", "<think>\n"}},
      {"Qwen3.5-4B", {"<think>\n\n</think>\n\n", "<think>\n"}},
      {"deepseek-ai-DeepSeek-V3.1", {"<think></think>", "<think>"}},
      {"tencent-Hy3", {"</think:opensource>", "<think:opensource>"}}};
  for (const auto& [name, end] : ends) {
    EXPECT_THAT(RenderModel(name), EndsWith(end.first)) << name;
    EXPECT_THAT(RenderModel(name, /*thinking=*/true), EndsWith(end.second)) << name;
  }
  EXPECT_THAT(RenderModel("openai-gpt-oss-120b"), HasSubstr("Reasoning: low\n"));
  EXPECT_THAT(RenderModel("openai-gpt-oss-120b", true), HasSubstr("Reasoning: medium\n"));
  // Granite's switch is part of the system text that it writes where none is given.
  const std::string granite =
      ReadFile((Folder() / "ibm-granite-granite-3.3-2B-Instruct.jinja").string());
  EXPECT_THAT(RenderSource(granite, true, {{"user", "u"}}), HasSubstr("<think></think>"));
  EXPECT_THAT(RenderSource(granite, false, {{"user", "u"}}), Not(HasSubstr("<think>")));
}

// testdata/chat_templates.json is written by scripts/chat_template_golden.py.
TEST(LlamaChatTemplateTest, EveryTemplateIsRenderedAsByJinja2) {
  // Where this engine or we do otherwise, and why.
  const std::map<std::string, std::string> differs = {
      {"fireworks-ai-llama-3-firefunction-v2",
       "jinja2 refuses `functions`, which is not given; here it is written as nothing"}};
  const auto golden = nlohmann::json::parse(
      ReadFile(std::string(PGTS_SOURCE_DIR) + "/src/llm/testdata/chat_templates.json"));
  size_t equal = 0, templates = 0;
  for (const auto& entry : fs::directory_iterator(Folder())) {
    if (entry.path().extension() != ".jinja") continue;
    ++templates;
    const std::string name = entry.path().stem();
    ASSERT_TRUE(golden.contains(name)) << name << ": run scripts/chat_template_golden.py";
    const bool same = golden[name] == RenderModel(name);  // an object where jinja2 finds a fault
    EXPECT_EQ(same, !differs.contains(name)) << name << "\n" << RenderModel(name);
    equal += same ? 1 : 0;
  }
  EXPECT_EQ(templates, golden.size());
  EXPECT_EQ(equal + differs.size(), templates);
}

TEST(LlamaChatTemplateTest, AFaultIsOneLine) {
  const std::string cure = "; use --prompt plain";
  EXPECT_THAT(FaultOf("a\n{{ 1 + }}"), AllOf(HasSubstr("cannot be read ("), EndsWith(cure)));
  EXPECT_THAT(FaultOf("{% if x %}\n{{ 1 }}"), AllOf(HasSubstr("cannot be read ("), EndsWith(cure)));
  EXPECT_EQ(
      FaultOf("a\n{{ raise_exception('only users may speak') }}"),
      "the model's chat template cannot be used (line 2, column 19: only users may speak)" + cure);
  EXPECT_THAT(FaultOf("{{ messages | nosuchfilter }}"),
              AllOf(HasSubstr("nosuchfilter"), EndsWith(cure)));
  EXPECT_EQ(FaultOf(""), "the model's chat template cannot be read (there is none)" + cure);
  for (const char* source :
       {"a\n{{ 1 + }}", "{% if x %}\n{{ 1 }}", "{{ messages | nosuchfilter }}"}) {
    EXPECT_THAT(FaultOf(source), Not(HasSubstr("\n"))) << source;
  }
}

TEST(LlamaChatTemplateTest, ATemplateThatWantsPartsGetsThem) {
  EXPECT_EQ(RenderSource("{% for m in messages %}[{{ m.role }}]{% for part in m.content %}"
                         "{% if part.type == 'text' %}{{ part.text }}{% endif %}{% endfor %}"
                         "{% endfor %}",
                         false, {{"user", "u"}}),
            "[user]u");
}

TEST(LlamaChatTemplateTest, ASystemTextThatIsLeftOutGoesToTheFirstUser) {
  EXPECT_EQ(RenderSource("{% for m in messages if m.role != 'system' %}<{{ m.content }}>"
                         "{% endfor %}",
                         false, {{"system", "s"}, {"user", "u"}}),
            "<s\n\nu>");
}

TEST(PromptTest, OpenThoughts) {
  for (const char* open :
       {"<think>", "a<think>\n", "<|START_THINKING|>", "[THINK]", "<mm:think>"}) {
    EXPECT_TRUE(OpensThought(open)) << open;
  }
  for (const char* closed : {"", "\n", "<think></think>", "<think>\n\n</think>\n\n", "think>",
                             "<|END_THINKING|>", "<think> a", "<|im_start|>assistant\n"}) {
    EXPECT_FALSE(OpensThought(closed)) << closed;
  }
}

}  // namespace
}  // namespace pgts::llm
