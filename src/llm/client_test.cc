// SPDX-License-Identifier: Apache-2.0
#include "llm/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "llm/prompt.h"
#include "llm/scripted_generator.h"

namespace pgts::llm {
namespace {

using testing::ElementsAre;

ScriptedStep CountDown(std::string_view text, const Key&) {
  const char last = text.empty() ? '3' : text[text.size() - 2];
  if (last == '1') return {.text = "done", .end_of_text = true};
  return {.text = std::string(1, static_cast<char>(last - 1)) + "\n"};
}

Co<void> Walk(GeneratorClient& client, std::string start, std::string& out) {
  const auto sampling = std::make_shared<SamplingOptions>();
  PrefixPtr here = Extend(nullptr, ByteTokenizer().Tokenize(start, false));
  for (;;) {
    GenerateRequest request{here, 1, Key("d"), sampling};
    const Dispatched<Generation> step = co_await client.Generate(std::move(request));
    here = Extend(here, step.reply.tokens);
    if (step.reply.end == StepEnd::kEndOfText) break;
  }
  out = Text(ByteTokenizer(), PathTokens(*here));
}

TEST(Client, PendingRequestsRunTogether) {
  ScriptedGenerator generator(CountDown);
  Rounds rounds;
  GeneratorClient client(rounds, generator);
  std::string a, b;
  rounds.Spawn(Walk(client, "3\n", a));
  rounds.Spawn(Walk(client, "2\n", b));
  rounds.Run();
  EXPECT_EQ(a, "3\n2\n1\ndone");
  EXPECT_EQ(b, "2\n1\ndone");
  EXPECT_THAT(generator.batches(), ElementsAre(2, 2, 1));
  EXPECT_EQ(generator.counts().generated, 2 + 2 + 2 + 5 + 5);
  EXPECT_EQ(client.phase().rows, 5);
}

// Writes steps of `length` bytes, so many of them, and notes the slice in which each ended.
Co<void> WriteSteps(GeneratorClient& client, int length, int steps, std::vector<int>& ended) {
  SamplingOptions options{.max_new_tokens = length};
  const auto sampling = std::make_shared<SamplingOptions>(options);
  PrefixPtr here = Extend(nullptr, {'x'});
  for (int i = 0; i < steps; ++i) {
    GenerateRequest request{here, 1, Key("d"), sampling};
    const Dispatched<Generation> step = co_await client.Generate(std::move(request));
    here = Extend(here, step.reply.tokens);
    ended.push_back(static_cast<int>(client.phase().batches));
  }
}

// Slices of one token: nobody waits for the long step, and each next step joins at once.
TEST(Client, ALongStepHoldsBackNoShortOne) {
  ScriptedGenerator generator(
      [](std::string_view, const Key&) { return ScriptedStep{.text = std::string(64, 'y')}; });
  generator.set_pace(1);
  Rounds rounds;
  GeneratorClient client(rounds, generator);
  std::vector<int> longer, shorter;
  rounds.Spawn(WriteSteps(client, 12, 1, longer));
  rounds.Spawn(WriteSteps(client, 3, 5, shorter));
  rounds.Run();
  EXPECT_THAT(longer, ElementsAre(12));
  EXPECT_THAT(shorter, ElementsAre(3, 6, 9, 12, 15));
  EXPECT_THAT(generator.batches(), ElementsAre(2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1));
  EXPECT_EQ(client.phase().rows, 6);
}

TEST(Client, SecondsOfATurnAreSharedByWhomItWroteFor) {
  ScriptedGenerator generator(CountDown);
  generator.set_pace(1);
  Rounds rounds;
  GeneratorClient client(rounds, generator);
  double charged = 0;
  const auto charge = [](GeneratorClient& client, std::string start, double& charged) -> Co<void> {
    const auto sampling = std::make_shared<SamplingOptions>();
    const PrefixPtr here = Extend(nullptr, ByteTokenizer().Tokenize(start, false));
    GenerateRequest request{here, 1, Key("d"), sampling};
    const Dispatched<Generation> step = co_await client.Generate(std::move(request));
    charged += step.seconds;
  };
  rounds.Spawn(charge(client, "1\n", charged));  // five tokens
  rounds.Spawn(charge(client, "3\n", charged));  // two
  rounds.Run();
  EXPECT_EQ(client.phase().batches, 5);
  EXPECT_NEAR(charged, client.phase().seconds, 1e-9);
}

// A run that fails leaves nothing in the generator that it could write into.
TEST(Client, AFailureDropsWhatIsBeingWritten) {
  ScriptedGenerator generator(CountDown);
  generator.set_pace(1);
  Rounds rounds;
  GeneratorClient client(rounds, generator);
  std::string text;
  rounds.Spawn(Walk(client, "1\n", text));
  rounds.Spawn([](GeneratorClient& client) -> Co<void> {
    const auto sampling = std::make_shared<SamplingOptions>();
    GenerateRequest request{Extend(nullptr, {'3', '\n'}), 2, Key("d"), sampling};
    co_await client.Generate(std::move(request));
    throw Error("one search fails");
  }(client));
  EXPECT_THROW(rounds.Run(), Error);
  EXPECT_FALSE(client.HasPending());
  EXPECT_EQ(generator.forgotten(), 1);
  rounds.Spawn(Walk(client, "2\n", text));
  rounds.Run();
  EXPECT_EQ(text, "2\n1\ndone");
}

TEST(Scripted, CutsAsAModelWouldBeCut) {
  ScriptedGenerator generator([](std::string_view, const Key&) {
    return ScriptedStep{.text = "12\n34", .end_of_text = true};
  });
  const auto run = [&](SamplingOptions options, std::string before) {
    const GenerateRequest request{Extend(nullptr, ByteTokenizer().Tokenize(before, false)), 1,
                                  Key("d"), std::make_shared<SamplingOptions>(options)};
    return WriteAll(generator, {&request, 1})[0];
  };
  EXPECT_EQ(run({}, "x").generated, 3);
  EXPECT_EQ(run({.max_new_tokens = 2}, "x").end, StepEnd::kMaxTokens);
  EXPECT_EQ(run({.separator = ";"}, "x").end, StepEnd::kEndOfText);
  EXPECT_EQ(run({.separator = ";"}, "x").generated, 6);
  EXPECT_EQ(run({}, std::string(4096, 'x')).end, StepEnd::kContextFull);
}

TEST(Prefix, PathAndLengths) {
  const PrefixPtr root = Extend(nullptr, {1, 2});
  const PrefixPtr leaf = Extend(Extend(root, {3}), {4, 5});
  EXPECT_THAT(PathTokens(*leaf), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(leaf->length, 5);
  EXPECT_EQ(RootLength(*leaf), 2);
}

TEST(Prefix, ALongChainEndsWithoutRecursion) {
  PrefixPtr chain = Extend(nullptr, {1});
  for (int i = 0; i < 1'000'000; ++i) chain = Extend(std::move(chain), {1});
  EXPECT_EQ(chain->length, 1'000'001);
}

TEST(Prompt, AModelWithoutATemplateGetsThePlainText) {
  const ByteTokenizer tokenizer;
  EXPECT_EQ(ResolvePromptKind(tokenizer, PromptKind::kAuto), PromptKind::kPlain);
  EXPECT_EQ(Text(tokenizer, PlainPrefix(tokenizer, "Q: q\nA: ")->tokens), "Q: q\nA: ");
  EXPECT_THROW(PlainPrefix(tokenizer, ""), Error);
}

TEST(Prompt, ChatWithoutATemplateNamesTheCure) {
  const ByteTokenizer tokenizer;
  try {
    ChatText(tokenizer, std::vector<ChatMessage>{{"user", "q"}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("--prompt plain"));
  }
  EXPECT_THROW(ParsePromptKind("chatml"), Error);
}

}  // namespace
}  // namespace pgts::llm
