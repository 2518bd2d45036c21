// SPDX-License-Identifier: Apache-2.0
// Scheduling and residency against the fake backend, whose output betrays any wrong token.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <random>

#include "base/error.h"
#include "llm/fake_kv_backend.h"
#include "llm/generate_batcher.h"
#include "llm/scripted_generator.h"

namespace pgts::llm {
namespace {

constexpr int kVocabulary = 257;  // the byte tokenizer's

struct Lab {
  Lab(int width, int cells, int batch = 16, int context = 200)
      : backend(width, cells, kVocabulary, batch),
        batcher(backend, ledger, {.width = width, .sequences = width, .context = context},
                tokenizer) {}

  std::vector<Generation> Run(const std::vector<GenerateRequest>& requests) {
    std::vector<Draft> drafts;
    for (const GenerateRequest& request : requests) drafts.push_back({.request = request});
    for (Draft& draft : drafts) Join(draft);
    while (batcher.jobs() > 0) batcher.Write(1);
    std::vector<Generation> results;
    for (const Draft& draft : drafts) results.push_back(draft.result);
    return results;
  }

  void Join(Draft& draft) {
    Draft* const drafts[] = {&draft};
    batcher.Join(drafts);
  }

  ByteTokenizer tokenizer;
  FakeKvBackend backend;
  TokenLedger ledger;
  GenerateBatcher batcher;
};

std::shared_ptr<const SamplingOptions> Sampling(int max_new_tokens = 12, double temperature = 1) {
  return std::make_shared<SamplingOptions>(
      SamplingOptions{.temperature = temperature, .top_p = 0.9, .max_new_tokens = max_new_tokens});
}

PrefixPtr Root(int problem, int length = 20) {
  std::vector<Token> tokens;
  for (int i = 0; i < length; ++i) tokens.push_back(i < 10 ? 65 : 66 + problem);
  return Extend(nullptr, tokens);
}

// What the request must give: every path read from its start, nothing shared.
Generation Plain(const GenerateRequest& request, int context = 200) {
  const ByteTokenizer tokenizer;
  std::vector<Token> path = PathTokens(*request.prefix);
  Generation generation;
  for (;;) {
    const TokenDistribution candidates = Truncate(FakeOutput(path, kVocabulary), *request.sampling);
    const size_t drawn =
        DrawToken(candidates.cumulative, request.draw.Uniform(generation.generated));
    const Token token = candidates.tokens[drawn];
    generation.log_prob += candidates.log_probs[drawn];
    ++generation.generated;
    generation.end = StepEnd::kEndOfText;
    if (token == ByteTokenizer::kEndOfText) return generation;
    path.push_back(token);
    generation.tokens.push_back(token);
    generation.end = StepEnd::kSeparator;
    const std::string text = Text(tokenizer, generation.tokens);
    if (text.find('\n', text.find_first_not_of(" \t\r\n\f\v")) != std::string::npos) {
      return generation;
    }
    generation.end = StepEnd::kMaxTokens;
    if (generation.generated == request.sampling->max_new_tokens) return generation;
    generation.end = StepEnd::kContextFull;
    if (static_cast<int>(path.size()) == context) return generation;
  }
}

void ExpectSame(const Generation& got, const Generation& want) {
  EXPECT_EQ(got.tokens, want.tokens);
  EXPECT_EQ(got.end, want.end);
  EXPECT_EQ(got.generated, want.generated);
  EXPECT_NEAR(got.log_prob, want.log_prob, 1e-9);
}

// A state is the last token's, and missing only where it was not asked for or nothing more fits.
bool HasItsState(const GenerateRequest& request, const Generation& got) {
  if (!request.with_state || got.end == StepEnd::kContextFull) return got.state.empty();
  return got.state == FakeState(PathTokens(*Extend(request.prefix, got.tokens)));
}

// Rounds of walkers that go on, branch and backtrack at random.
int64_t Walk(Lab& lab, int walkers, int rounds, uint32_t seed, bool states = false) {
  std::mt19937 random(seed);
  std::vector<PrefixPtr> at(walkers);
  for (int w = 0; w < walkers; ++w) at[w] = Root(w % 3);
  const auto sampling = Sampling();
  for (int round = 0; round < rounds; ++round) {
    std::vector<GenerateRequest> requests;
    for (int w = 0; w < walkers; ++w) {
      if (random() % 5 == 0) continue;
      requests.push_back({.prefix = at[w],
                          .walker = static_cast<uint64_t>(w),
                          .draw = Key("draw").With(round).With(w),
                          .sampling = sampling,
                          .with_state = states});
    }
    const std::vector<Generation> results = lab.Run(requests);
    for (size_t i = 0; i < requests.size(); ++i) {
      ExpectSame(results[i], Plain(requests[i]));
      EXPECT_TRUE(HasItsState(requests[i], results[i]));
      PrefixPtr& here = at[requests[i].walker];
      if (random() % 3 > 0 && here->length < 100) here = Extend(here, results[i].tokens);
      if (random() % 3 == 0 && here->parent) here = here->parent;
    }
  }
  return lab.backend.tokens;
}

TEST(GenerateBatcher, EqualsReadingEveryPathFromItsStart) {
  Lab lab(8, 4000);
  Walk(lab, 8, 12, 1);
  EXPECT_EQ(lab.backend.refusals, 0);
}

TEST(GenerateBatcher, MoreWalkersThanSequencesIsSlowerNotWrong) {
  Lab lab(3, 4000);
  Walk(lab, 9, 8, 2);
  EXPECT_GT(lab.ledger.counts().reevaluated, 0);
}

TEST(GenerateBatcher, TooFewCellsIsSlowerNotWrong) {
  Lab lab(8, 230);
  Walk(lab, 8, 10, 3);
  EXPECT_GT(lab.backend.refusals, 0);
  EXPECT_GT(lab.ledger.counts().reevaluated, 0);
}

// A step's last row is the first of its child, so states cost a row where nothing follows only.
TEST(GenerateBatcher, StatesComeWithTheRowsThatAChildNeedsAnyway) {
  const auto chain = [](bool states) {
    Lab lab(1, 4000, 16, 4000);
    PrefixPtr at = Root(0);
    int steps = 0;
    for (uint64_t i = 0; i < 20; ++i) {
      const GenerateRequest request{.prefix = at,
                                    .walker = 1,
                                    .draw = Key("draw").With(i),
                                    .sampling = Sampling(),
                                    .with_state = states};
      const Generation written = lab.Run({request})[0];
      EXPECT_TRUE(HasItsState(request, written));
      if (written.tokens.empty()) continue;
      at = Extend(at, written.tokens);
      ++steps;
    }
    EXPECT_GT(steps, 10);
    return lab.backend.tokens;
  };
  EXPECT_LE(chain(true), chain(false) + 1);
}

TEST(GenerateBatcher, StatesSurviveTooFewCellsAndSequences) {
  Lab crowded(8, 230), few(3, 4000);
  Walk(crowded, 8, 10, 3, /*states=*/true);
  Walk(few, 9, 8, 2, /*states=*/true);
  EXPECT_GT(crowded.backend.refusals, 0);
}

bool IsPlain(const GenerateRequest& request, const Generation& got) {
  const Generation want = Plain(request);
  return got.tokens == want.tokens && got.end == want.end && got.generated == want.generated &&
         got.log_prob == want.log_prob;
}

// Whatever walkers do, in whatever memory: what is written is what reading from the start gives.
RC_GTEST_PROP(GenerateBatcherProperty, AnyWalkEqualsReadingEveryPathFromItsStart, ()) {
  enum Move { kExtend, kSibling, kBack, kForget, kLeave, kMoves };
  const int walkers = *rc::gen::inRange(1, 7);
  const size_t batch = *rc::gen::inRange(1, 7);
  const auto moves = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, walkers * kMoves));
  Lab lab(/*width=*/*rc::gen::inRange(1, 5), /*cells=*/*rc::gen::inRange(150, 1500));
  const bool states = *rc::gen::arbitrary<bool>();
  std::vector<PrefixPtr> at;
  for (int walker = 0; walker < walkers; ++walker) at.push_back(Root(walker % 2));
  for (size_t begin = 0; begin < moves.size(); begin += batch) {
    const size_t end = std::min(begin + batch, moves.size());
    std::vector<GenerateRequest> requests;
    for (size_t i = begin; i < end; ++i) {
      const auto walker = static_cast<uint64_t>(moves[i] / kMoves);
      PrefixPtr& here = at[walker];
      if (moves[i] % kMoves == kBack && here->parent) here = here->parent;
      if (moves[i] % kMoves == kForget) lab.batcher.Forget();
      if (moves[i] % kMoves == kLeave) lab.batcher.Leave(walker);
      requests.push_back({.prefix = here,
                          .walker = walker,
                          .draw = Key("draw").With(static_cast<uint64_t>(i)),
                          .sampling = Sampling(),
                          .with_state = states || i % 3 == 0});
    }
    const std::vector<Generation> results = lab.Run(requests);
    for (size_t i = 0; i < requests.size(); ++i) {
      RC_ASSERT(IsPlain(requests[i], results[i]));
      RC_ASSERT(HasItsState(requests[i], results[i]));
      PrefixPtr& here = at[requests[i].walker];
      const bool extends = moves[begin + i] % kMoves == kExtend && here->length < 100;
      if (extends && !results[i].tokens.empty()) here = Extend(here, results[i].tokens);
    }
  }
  RC_ASSERT(lab.ledger.counts().decodes <= lab.backend.evaluations);
  RC_CLASSIFY(lab.backend.refusals > 0, "something was evicted");
}

// The same where walkers join while others are being written, each going on as soon as it can.
RC_GTEST_PROP(GenerateBatcherProperty, JoiningWhileOthersAreWrittenChangesNothing, ()) {
  const int walkers = *rc::gen::inRange(1, 7);
  const int slice = *rc::gen::inRange(1, 6);
  const auto length = *rc::gen::container<std::vector<int>>(walkers, rc::gen::inRange(1, 14));
  Lab lab(/*width=*/*rc::gen::inRange(1, 5), /*cells=*/*rc::gen::inRange(150, 1500));
  std::vector<Draft> drafts(walkers);
  std::vector<int> steps(walkers, 0);
  const auto join = [&](int walker, PrefixPtr prefix) {
    drafts[walker] = {.request = {.prefix = std::move(prefix),
                                  .walker = static_cast<uint64_t>(walker),
                                  .draw = Key("draw").With(walker).With(steps[walker]++),
                                  .sampling = Sampling(length[walker])}};
    lab.Join(drafts[walker]);
  };
  for (int walker = 0; walker < walkers; ++walker) join(walker, Root(walker % 2));
  while (lab.batcher.jobs() > 0) {
    lab.batcher.Write(slice);
    for (int walker = 0; walker < walkers; ++walker) {
      const Draft draft = drafts[walker];
      if (!draft.ended || steps[walker] > 4) continue;
      RC_ASSERT(IsPlain(draft.request, draft.result));
      join(walker, draft.result.tokens.empty() ? draft.request.prefix
                                               : Extend(draft.request.prefix, draft.result.tokens));
    }
  }
  for (const Draft& draft : drafts) RC_ASSERT(draft.ended);
}

// Six walkers in a memory for the paths of two or three, twenty steps long.
struct Crowd {
  static constexpr int kWalkers = 6, kSteps = 20;

  void Join(int walker, PrefixPtr prefix) {
    drafts[walker] = {.request = {.prefix = std::move(prefix),
                                  .walker = static_cast<uint64_t>(walker),
                                  .draw = Key("draw").With(walker).With(steps[walker]++),
                                  .sampling = Sampling(6)}};
    lab.Join(drafts[walker]);
  }

  // Each walks `searches` times from a root of its own to a path of kSteps.
  void Walk(int searches) {
    for (int walker = 0; walker < kWalkers; ++walker) Join(walker, Root(walker));
    while (lab.batcher.jobs() > 0) {
      lab.batcher.Write(4);
      for (int walker = 0; walker < kWalkers; ++walker) {
        const Draft draft = drafts[walker];
        if (!draft.ended || steps[walker] == searches * kSteps) continue;
        EXPECT_TRUE(IsPlain(draft.request, draft.result));
        const int search = steps[walker] / kSteps;
        Join(walker, steps[walker] % kSteps == 0
                         ? Root(walker + kWalkers * search)
                         : Extend(draft.request.prefix, draft.result.tokens));
        lead = std::max(lead, steps[walker] - *std::ranges::min_element(steps));
      }
    }
  }

  Lab lab{kWalkers, /*cells=*/300};
  std::vector<Draft> drafts = std::vector<Draft>(kWalkers);
  std::vector<int> steps = std::vector<int>(kWalkers, 0);
  int lead = 0;  // steps of the foremost before the hindmost, at most
};

// Those that had room write to their end, then the others come.
TEST(GenerateBatcher, WhoFindsNoRoomWaitsUntilAnotherStaysAway) {
  Crowd crowd;
  crowd.Walk(1);
  const TokenCounts& counts = crowd.lab.ledger.counts();
  EXPECT_GT(crowd.lab.backend.refusals, 0);
  EXPECT_LT(counts.reevaluated, counts.evaluated);
}

// A new search bears the name of one that ended, and yet waits behind those that found no room.
TEST(GenerateBatcher, NobodyWaitsForAllOfAnothersSearches) {
  Crowd crowd;
  crowd.Walk(4);
  EXPECT_GT(crowd.lab.backend.refusals, 0);
  EXPECT_LE(crowd.lead, 2 * Crowd::kSteps);
}

TEST(GenerateBatcher, ForgetDropsWhatIsBeingWritten) {
  Lab lab(2, 400);
  {
    Draft gone{.request = {Root(0), 1, Key("d"), Sampling(50)}};
    lab.Join(gone);
    lab.batcher.Write(1);
    EXPECT_EQ(lab.batcher.jobs(), 1);
    lab.batcher.Forget();
    EXPECT_FALSE(gone.ended);
  }
  EXPECT_EQ(lab.batcher.jobs(), 0);
  const GenerateRequest request{Root(1), 2, Key("e"), Sampling()};
  ExpectSame(lab.Run({request})[0], Plain(request));
}

TEST(GenerateBatcher, CountsAreWhatTheMachineDid) {
  for (const int cells : {4000, 230}) {
    Lab lab(8, cells);
    const int64_t tokens = Walk(lab, 8, 10, 4);
    const TokenCounts& counts = lab.ledger.counts();
    EXPECT_EQ(counts.prompt + counts.evaluated + counts.reevaluated + counts.restored, tokens);
    EXPECT_EQ(counts.restored, 0);
    EXPECT_LE(counts.evaluated, counts.generated);
  }
}

// Three problems whose prompts share ten tokens: 10 + 3 × 10 tokens in all.
TEST(GenerateBatcher, PromptsAreReadOnce) {
  Lab lab(6, 4000, /*batch=*/8);
  std::vector<GenerateRequest> requests;
  for (int w = 0; w < 12; ++w) {
    requests.push_back({Root(w % 3), static_cast<uint64_t>(w), Key("d").With(w), Sampling(1)});
  }
  lab.Run(requests);
  EXPECT_EQ(lab.ledger.counts().prompt, 40);
  EXPECT_EQ(lab.ledger.counts().reevaluated, 0);
  EXPECT_EQ(lab.backend.tokens, 40);
}

TEST(GenerateBatcher, EachTokenOfALoneWalkIsReadOnce) {
  Lab lab(1, 400);
  PrefixPtr here = Root(0);
  int64_t written = 0;
  for (int step = 0; step < 5; ++step) {
    const GenerateRequest request{here, 7, Key("d").With(step), Sampling()};
    const Generation result = lab.Run({request})[0];
    ExpectSame(result, Plain(request));
    written += result.generated;
    here = Extend(here, result.tokens);
  }
  EXPECT_EQ(lab.ledger.counts().generated, written);
  EXPECT_EQ(lab.ledger.counts().reevaluated, 0);
  EXPECT_EQ(lab.backend.tokens, lab.ledger.counts().prompt + lab.ledger.counts().evaluated);
}

// The first token of a second child comes from what was kept at the node's end.
TEST(GenerateBatcher, SiblingsCostNoEvaluationOfTheirParent) {
  Lab lab(2, 400);
  const PrefixPtr root = Root(0);
  lab.Run({{root, 1, Key("a"), Sampling(1)}});
  const int evaluations = lab.backend.evaluations;
  for (int k = 0; k < 20; ++k) {
    const GenerateRequest request{root, 1, Key("b").With(k), Sampling(1)};
    ExpectSame(lab.Run({request})[0], Plain(request));
  }
  EXPECT_EQ(lab.backend.evaluations, evaluations);
  // Other options need the logits again.
  const GenerateRequest greedy{root, 1, Key("c"), Sampling(1, 0)};
  ExpectSame(lab.Run({greedy})[0], Plain(greedy));
  EXPECT_EQ(lab.ledger.counts().reevaluated, 1);
}

TEST(GenerateBatcher, ForgetMakesARunRepeatItself) {
  Lab lab(4, 600);
  Walk(lab, 6, 4, 5);
  lab.batcher.Forget();
  EXPECT_EQ(lab.backend.used(), 0);
  const int64_t before = lab.backend.tokens;
  const int64_t first = Walk(lab, 6, 4, 5) - before;
  lab.batcher.Forget();
  const int64_t middle = lab.backend.tokens;
  EXPECT_EQ(Walk(lab, 6, 4, 5) - middle, first);
}

TEST(GenerateBatcher, APathReadBackIsCountedAsRestored) {
  Lab lab(1, 400);
  const PrefixPtr path = Extend(Root(0), {1, 2, 3});
  lab.Run({{path, 1, Key("d"), Sampling(1)}});
  EXPECT_EQ(lab.ledger.counts().prompt, 20);
  EXPECT_EQ(lab.ledger.counts().restored, 3);
}

TEST(GenerateBatcher, AFullContextEndsTheStep) {
  Lab lab(1, 400, 16, /*context=*/22);
  const GenerateRequest request{Root(0), 1, Key("seven"), Sampling(50)};
  const Generation result = lab.Run({request})[0];
  ExpectSame(result, Plain(request, 22));
  EXPECT_EQ(result.end, StepEnd::kContextFull);
  EXPECT_EQ(result.tokens.size(), 2u);
  const Generation none = lab.Run({{Root(0, 22), 1, Key("d"), Sampling()}})[0];
  EXPECT_EQ(none.end, StepEnd::kContextFull);
  EXPECT_EQ(none.generated, 0);
}

TEST(GenerateBatcher, LogitsThatAreNotNumbersAreAnError) {
  for (const double temperature : {0.0, 1.0}) {
    Lab lab(1, 400);
    lab.backend.outputs_are_nan = true;
    EXPECT_THROW(lab.Run({{Root(0), 1, Key("d"), Sampling(12, temperature)}}), Error);
  }
}

}  // namespace
}  // namespace pgts::llm
