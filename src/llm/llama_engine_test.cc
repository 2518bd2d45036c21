// SPDX-License-Identifier: Apache-2.0
// The engine on llama.cpp, with random weights: whatever is shared, cut back, evicted or batched
// must give what reading each path alone from its start gives, within kTolerance (kernels round
// differently at other batch widths).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>
#include <random>

#include "base/error.h"
#include "base/temp_folder.h"
#include "llama.h"
#include "llm/likelihood.h"
#include "llm/llama_generator.h"
#include "llm/llama_machine.h"
#include "llm/llama_test_model.h"
#include "llm/sampler.h"
#include "llm/step_end.h"

namespace pgts::llm {
namespace {

constexpr double kTolerance = 2e-2;  // of a logit in about ±10, with f16 keys and values

std::shared_ptr<const LlamaModel> TestModel() {
  static const std::shared_ptr<const LlamaModel> model = [] {
    const TempFolder folder;
    const std::string path = folder.File("model.gguf");
    WriteTestModel(path);
    return LlamaModel::Load(path);
  }();
  return model;
}

// llama.cpp without any code of ours around it.
class PlainContext {
 public:
  explicit PlainContext(bool hidden) : hidden_(hidden) {
    llama_context_params params = llama_context_default_params();
    params.n_ctx = params.n_batch = 1024;
    params.n_threads = params.n_threads_batch = 1;
    params.embeddings = hidden;
    params.pooling_type = LLAMA_POOLING_TYPE_NONE;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    context_ = llama_init_from_model(TestModel()->get(), params);
  }
  ~PlainContext() { llama_free(context_); }
  PlainContext(const PlainContext&) = delete;
  PlainContext& operator=(const PlainContext&) = delete;

  std::vector<float> Read(std::vector<Token> path) {
    llama_memory_clear(llama_get_memory(context_), true);
    EXPECT_EQ(llama_decode(context_, llama_batch_get_one(path.data(), path.size())), 0);
    const float* output =
        hidden_ ? llama_get_embeddings_ith(context_, -1) : llama_get_logits_ith(context_, -1);
    const ModelInfo& info = TestModel()->info();
    return {output, output + (hidden_ ? info.width : info.vocabulary)};
  }

 private:
  bool hidden_;
  llama_context* context_;
};

// The output at the end of a path, read alone from its start.
std::vector<float> PlainOutput(const std::vector<Token>& path, bool hidden) {
  static PlainContext logits(false), states(true);
  return hidden ? states.Read(path) : logits.Read(path);
}

double Distance(std::span<const float> a, std::span<const float> b) {
  double worst = 0;
  for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(double{a[i]} - b[i]));
  return a.size() == b.size() ? worst : INFINITY;
}

PrefixPtr Root(int problem, int length = 40) {
  std::vector<Token> tokens;
  for (int i = 0; i < length; ++i) tokens.push_back(i < 20 ? 65 + i : (problem * 31 + i * 7) % 250);
  return Extend(nullptr, tokens);
}

std::shared_ptr<const SamplingOptions> Sampling(int max_new_tokens = 10, double temperature = 1) {
  return std::make_shared<SamplingOptions>(
      SamplingOptions{.temperature = temperature, .top_p = 0.95, .max_new_tokens = max_new_tokens});
}

EngineOptions Options(int width, int lanes, int cells = 0, KvLayout layout = KvLayout::kUnified) {
  return {.threads = 2,
          .width = width,
          .lanes = lanes,
          .context = 512,
          .cells = cells,
          .layout = layout};
}

// Replays a generation token by token on plain logits: each drawn token must be the one that the
// draw picks there, or one whose cumulative weight lies within rounding of it.
void ExpectPlain(const GenerateRequest& request, const Generation& result,
                 double tolerance = kTolerance) {
  std::vector<Token> path = PathTokens(*request.prefix);
  double log_prob = 0;
  for (int i = 0; i < result.generated; ++i) {
    const std::vector<float> logits = PlainOutput(path, false);
    const Candidates all = Truncate(logits, {.temperature = 1, .top_p = 1});
    const bool ended = i == static_cast<int>(result.tokens.size());
    const Token token = ended ? kTestEndOfText : result.tokens[i];
    const size_t rank = std::find(all.tokens.begin(), all.tokens.end(), token) - all.tokens.begin();
    ASSERT_LT(rank, all.tokens.size());
    log_prob += all.log_probs[rank];
    const Candidates kept = Truncate(logits, *request.sampling);
    const double target = request.draw.Uniform(i) * kept.cumulative.back();
    const double slack = tolerance * kept.cumulative.back();
    const size_t place =
        std::find(kept.tokens.begin(), kept.tokens.end(), token) - kept.tokens.begin();
    if (place < kept.tokens.size()) {
      EXPECT_LE(place == 0 ? 0 : kept.cumulative[place - 1], target + slack);
      EXPECT_GE(kept.cumulative[place], target - slack);
    } else {  // at the truncation's edge
      EXPECT_GE(target, kept.cumulative.back() - slack);
    }
    path.push_back(token);
  }
  EXPECT_NEAR(result.log_prob, log_prob, tolerance * (1 + result.generated));
}

struct Walked {
  std::vector<GenerateRequest> requests;
  std::vector<Generation> results;
};

// Walkers that go on, branch and backtrack.
Walked Walk(Generator& generator, int walkers, int rounds) {
  std::mt19937 random(11);
  std::vector<PrefixPtr> at;
  for (int w = 0; w < walkers; ++w) at.push_back(Root(w % 3));
  Walked walked;
  const auto sampling = Sampling();
  for (int round = 0; round < rounds; ++round) {
    std::vector<GenerateRequest> requests;
    for (int w = 0; w < walkers; ++w) {
      requests.push_back(
          {at[w], static_cast<uint64_t>(w), Key("draw").With(round).With(w), sampling});
    }
    const std::vector<Generation> results = WriteAll(generator, requests);
    for (int w = 0; w < walkers; ++w) {
      if (random() % 3 > 0) at[w] = Extend(at[w], results[w].tokens);
      if (random() % 3 == 0 && at[w]->parent) at[w] = at[w]->parent;
      walked.requests.push_back(requests[w]);
      walked.results.push_back(results[w]);
    }
  }
  return walked;
}

void ExpectAllPlain(const Walked& walked, double tolerance = kTolerance) {
  for (size_t i = 0; i < walked.requests.size(); ++i) {
    SCOPED_TRACE(i);
    ExpectPlain(walked.requests[i], walked.results[i], tolerance);
  }
}

TEST(LlamaEngine, DescribesTheModel) {
  const ModelInfo& info = TestModel()->info();
  EXPECT_EQ(info.architecture, "qwen3");
  EXPECT_EQ(info.width, 64);
  EXPECT_EQ(info.layers, 2);
  EXPECT_EQ(info.vocabulary, kTestVocabulary);
  EXPECT_EQ(info.context_train, 1024);
  EXPECT_EQ(info.file_hash.size(), 16u);
  EXPECT_EQ(info.kv_bytes_per_token, 2 * 2 * 32 * 2);
}

TEST(LlamaEngine, TokenizerGivesBytesBack) {
  const LlamaTokenizer& tokenizer = TestModel()->tokenizer();
  const std::string text = "a b\n\xC3\xA9 12";
  const std::vector<Token> tokens = tokenizer.Tokenize(text, false);
  EXPECT_EQ(tokens.size(), text.size());
  EXPECT_EQ(Text(tokenizer, tokens), text);
  EXPECT_TRUE(tokenizer.IsEndOfText(kTestEndOfText));
  EXPECT_EQ(tokenizer.Piece(kTestEndOfText), "");
}

class LlamaLayout : public testing::TestWithParam<KvLayout> {};

INSTANTIATE_TEST_SUITE_P(, LlamaLayout, testing::Values(KvLayout::kUnified, KvLayout::kStreams),
                         [](const auto& info) {
                           return info.param == KvLayout::kStreams ? "Streams" : "Unified";
                         });

TEST_P(LlamaLayout, SharedAndCutPrefixesGivePlainLogits) {
  LlamaMachine machine(TestModel(), {.sequences = 3,
                                     .cells = 3 * 256,
                                     .batch_tokens = 64,
                                     .streams = GetParam() == KvLayout::kStreams});
  std::vector<Token> path = PathTokens(*Root(1));
  const auto read = [&](int sequence, int begin) {
    std::vector<Row> rows;
    for (int i = begin; i < static_cast<int>(path.size()); ++i) {
      rows.push_back({path[i], i, sequence, i + 1 == static_cast<int>(path.size())});
    }
    EXPECT_EQ(machine.Evaluate(rows), EvaluateStatus::kDone);
    const auto output = machine.Output(static_cast<int>(rows.size()) - 1);
    return Distance(output, PlainOutput(path, false));
  };
  EXPECT_LT(read(0, 0), kTolerance);
  path.insert(path.end(), {7, 8, 9});
  EXPECT_LT(read(0, 40), kTolerance);  // goes on
  machine.Remove(0, 41);
  path.resize(41);
  path.insert(path.end(), {100, 101});
  EXPECT_LT(read(0, 41), kTolerance);  // was cut back
  machine.Share(0, 1, 0, 30);
  path.resize(30);
  path.insert(path.end(), {1, 2, 3});
  EXPECT_LT(read(1, 30), kTolerance);  // shares
  machine.Remove(0, 0);
  path.push_back(5);
  EXPECT_LT(read(1, 33), kTolerance);  // outlives what it shared
  path[10] = 99;
  EXPECT_GT(read(2, 0), -1);
  EXPECT_GT(Distance(PlainOutput(path, false), PlainOutput(PathTokens(*Root(1)), false)), 1);
}

// Sequences that wait leave gaps; what fills them must not stay.
TEST(LlamaEngine, StreamsWithGapsGivePlainLogits) {
  constexpr int kSequences = 16;
  LlamaMachine machine(
      TestModel(),
      {.sequences = kSequences, .cells = kSequences * 256, .batch_tokens = 64, .streams = true});
  std::vector<std::vector<Token>> paths(kSequences);
  std::mt19937 random(3);
  for (int round = 0; round < 30; ++round) {
    std::vector<Row> rows;
    std::vector<int> written;
    for (int sequence = kSequences - 1; sequence >= 0; --sequence) {  // in no order of llama.cpp's
      if (random() % (round % 2 ? 2 : 12) != 0) continue;
      const int count = 1 + static_cast<int>(random() % 3);
      for (int i = 0; i < count; ++i) {
        const auto token = static_cast<Token>(random() % 250);
        const int position = static_cast<int>(paths[sequence].size());
        rows.push_back({token, position, sequence, i + 1 == count});
        paths[sequence].push_back(token);
      }
      written.push_back(static_cast<int>(rows.size()) - 1);
    }
    if (rows.empty()) continue;
    ASSERT_EQ(machine.Evaluate(rows), EvaluateStatus::kDone);
    for (const int row : written) {
      EXPECT_LT(Distance(machine.Output(row), PlainOutput(paths[rows[row].sequence], false)),
                kTolerance);
    }
  }
}

TEST(LlamaEngine, AFullMemoryRefusesAndChangesNothing) {
  LlamaMachine machine(TestModel(), {.sequences = 2, .cells = 256, .batch_tokens = 256});
  std::vector<Row> rows;
  for (int i = 0; i < 200; ++i) rows.push_back({65, i, 0, i == 199});
  ASSERT_EQ(machine.Evaluate(rows), EvaluateStatus::kDone);
  for (Row& row : rows) row.sequence = 1;
  EXPECT_EQ(machine.Evaluate(rows), EvaluateStatus::kNoCells);
  machine.Remove(0, 0);
  ASSERT_EQ(machine.Evaluate(rows), EvaluateStatus::kDone);
  EXPECT_LT(Distance(machine.Output(199), PlainOutput(std::vector<Token>(200, 65), false)),
            kTolerance);
}

TEST_P(LlamaLayout, WalksEqualPlainEvaluation) {
  for (const int lanes : {1, 3}) {
    const auto generator = MakeLlamaGenerator(TestModel(), Options(6, lanes, 0, GetParam()));
    ExpectAllPlain(Walk(*generator, 6, 5));
    const TokenCounts& counts = generator->counts();
    EXPECT_EQ(counts.restored, 0);
    EXPECT_EQ(counts.requests, 30);
    EXPECT_EQ(counts.prompt, 20 + 3 * 20);  // each once, though lanes read it each for itself
    if (lanes == 1) {
      EXPECT_LE(counts.reevaluated, 0.02 * (counts.prompt + counts.evaluated));
    }
  }
}

// Walkers' names are used again: who comes anew with one must not push out who waits.
TEST(LlamaGenerator, ANewWalkerTakesThePlaceOfWhoLeft) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(6, 3));
  const auto write = [&](const std::vector<std::pair<uint64_t, PrefixPtr>>& visits) {
    std::vector<GenerateRequest> requests;
    for (const auto& [walker, at] : visits) {
      requests.push_back({at, walker, Key("draw").With(walker), Sampling()});
    }
    WriteAll(*generator, requests);
  };
  std::vector<std::pair<uint64_t, PrefixPtr>> first;
  for (int w = 0; w < 6; ++w) first.emplace_back(w, Extend(Root(w / 2), {w, w, w}));
  write(first);
  for (int problem = 3; problem < 9; ++problem) {  // walkers 0 and 3 end and come anew
    write({{0, Root(problem, 60)}, {3, Root(problem, 60)}});
  }
  const int64_t before = generator->counts().reevaluated;
  for (const int stayed : {1, 2, 4, 5}) first[stayed].second = Extend(first[stayed].second, {7});
  write({first[1], first[2], first[4], first[5]});
  EXPECT_LE(generator->counts().reevaluated, before + 4);
}

TEST(LlamaGenerator, TooLittleMemoryIsSlowerNotWrong) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(8, 1, /*cells=*/256));
  ExpectAllPlain(Walk(*generator, 8, 6));
  EXPECT_GT(generator->counts().reevaluated, 0);
  EXPECT_EQ(generator->context(), 256);
}

TEST_P(LlamaLayout, SameCallsGiveTheSameBytes) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(6, 2, 0, GetParam()));
  const Walked first = Walk(*generator, 6, 4);
  generator->Forget();
  const Walked again = Walk(*generator, 6, 4);
  const Walked other = Walk(*MakeLlamaGenerator(TestModel(), Options(6, 2, 0, GetParam())), 6, 4);
  for (size_t i = 0; i < first.results.size(); ++i) {
    EXPECT_EQ(first.results[i].tokens, again.results[i].tokens);
    EXPECT_EQ(first.results[i].log_prob, again.results[i].log_prob);
    EXPECT_EQ(first.results[i].log_prob, other.results[i].log_prob);
  }
}

TEST_P(LlamaLayout, FlashAttentionAgrees) {
  EngineOptions options = Options(6, 1, 0, GetParam());
  options.flash_attention = 1;
  ExpectAllPlain(Walk(*MakeLlamaGenerator(TestModel(), options), 6, 3), 3 * kTolerance);
}

TEST_P(LlamaLayout, StatesEqualPlainEvaluation) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(6, 2, 0, GetParam()));
  generator->KeepStates(true);
  const Walked walked = Walk(*generator, 6, 5);
  ExpectAllPlain(walked);
  for (size_t i = 0; i < walked.results.size(); ++i) {
    std::vector<Token> path = PathTokens(*walked.requests[i].prefix);
    path.insert(path.end(), walked.results[i].tokens.begin(), walked.results[i].tokens.end());
    EXPECT_LT(Distance(walked.results[i].state, PlainOutput(path, true)), kTolerance);
  }
  generator->KeepStates(false);
  for (const Generation& result : Walk(*generator, 6, 2).results) {
    EXPECT_THAT(result.state, testing::IsEmpty());
  }
}

TEST(LlamaGenerator, GreedyIsTheArgmaxOfPlainLogits) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(2, 1));
  const GenerateRequest request{Root(2), 1, Key("d"), Sampling(8, 0)};
  const Generation result = WriteAll(*generator, {&request, 1})[0];
  ASSERT_GT(result.tokens.size(), 0u);
  ExpectPlain(request, result);
}

TEST(LlamaGenerator, APromptBeyondTheContextIsContextFull) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(2, 1));
  const GenerateRequest request{Root(1, 512), 1, Key("d"), Sampling()};
  const Generation result = WriteAll(*generator, {&request, 1})[0];
  EXPECT_EQ(result.end, StepEnd::kContextFull);
  EXPECT_TRUE(result.tokens.empty());
}

// What a generator says of a step that it wrote is what the likelihood says of the same step.
TEST(LlamaLikelihood, AgreesWithTheGeneratorThatWroteTheText) {
  const auto generator = MakeLlamaGenerator(TestModel(), Options(6, 2));
  const auto likelihood = MakeLlamaLikelihood(TestModel(), Options(4, 2));
  std::vector<GenerateRequest> asked;
  for (int i = 0; i < 6; ++i) {
    asked.push_back({Root(i), static_cast<uint64_t>(i), Key("draw").With(uint64_t(i)), Sampling()});
  }
  const std::vector<Generation> written = WriteAll(*generator, asked);
  std::vector<LikelihoodRequest> requests;
  for (size_t i = 0; i < asked.size(); ++i) {
    requests.push_back({asked[i].prefix, written[i].tokens});
  }
  std::vector<std::vector<double>> log_probs(requests.size());
  likelihood->Read(requests, log_probs);
  int compared = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    ASSERT_EQ(log_probs[i].size(), written[i].tokens.size());
    if (written[i].end == StepEnd::kEndOfText) continue;  // which is in the generator's sum
    ++compared;
    EXPECT_NEAR(std::accumulate(log_probs[i].begin(), log_probs[i].end(), 0.0), written[i].log_prob,
                kTolerance * written[i].tokens.size());
  }
  EXPECT_GT(compared, 0);
}

// Several lanes, walkers that branch.
TEST_P(LlamaLayout, HiddenStatesEqualPlainEvaluation) {
  const size_t width = TestModel()->info().width;
  const auto encoder = MakeLlamaEncoder(TestModel(), Options(4, 2, 0, GetParam()));
  std::vector<EncodeRequest> requests;
  for (int w = 0; w < 6; ++w) {
    requests.push_back(
        {Extend(Root(w % 2), std::vector<Token>(2 + w, w)), static_cast<uint64_t>(w)});
  }
  std::vector<float> hidden(requests.size() * width);
  for (int round = 0; round < 3; ++round) {
    encoder->Encode(requests, hidden);
    for (size_t i = 0; i < requests.size(); ++i) {
      EXPECT_LT(Distance(std::span(hidden).subspan(i * width, width),
                         PlainOutput(PathTokens(*requests[i].prefix), true)),
                kTolerance);
      PrefixPtr& prefix = requests[i].prefix;
      if (round == 0) prefix = Extend(prefix, {50, 51});          // goes on
      if (round == 1) prefix = Extend(prefix->parent, {60 + 1});  // branches
    }
  }
  EXPECT_EQ(encoder->counts().scored, 2 + 3 + 4 + 5 + 6 + 7 + 6 * (2 + 1));
}

// Sequences of unequal length, and one between them that is left out.
TEST_P(LlamaLayout, StatesComeToTheRowsThatAskedForThem) {
  for (const LlamaOutput output : {LlamaOutput::kHidden, LlamaOutput::kEveryLogits}) {
    LlamaMachine machine(TestModel(), {.output = output,
                                       .sequences = 6,
                                       .cells = 6 * 256,
                                       .batch_tokens = 128,
                                       .streams = GetParam() == KvLayout::kStreams});
    machine.KeepStates(true);
    std::vector<std::vector<Token>> paths(6);
    for (int round = 0; round < 3; ++round) {
      std::vector<Row> rows;
      std::vector<std::vector<Token>> ends;
      for (const int sequence : {3, 0, 1, 5}) {
        const int count = round == 2 && sequence != 1 ? 1 : 10 + 5 * sequence;
        for (int i = 0; i < count; ++i) {
          const bool middle = output == LlamaOutput::kEveryLogits && i % 8 == 3;
          const int position = static_cast<int>(paths[sequence].size());
          paths[sequence].push_back(65 + (7 * sequence + position) % 20);
          rows.push_back({paths[sequence].back(), position, sequence, middle || i + 1 == count});
          ends.push_back(paths[sequence]);
        }
      }
      ASSERT_EQ(machine.Evaluate(rows), EvaluateStatus::kDone);
      for (size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].output) continue;
        const int row = static_cast<int>(i);
        EXPECT_LT(Distance(machine.State(row), PlainOutput(ends[i], true)), kTolerance);
        if (output == LlamaOutput::kHidden) continue;
        EXPECT_LT(Distance(machine.Output(row), PlainOutput(ends[i], false)), kTolerance);
      }
    }
  }
}

std::shared_ptr<const LlamaModel> ModelOf(const std::string& architecture, int layers,
                                          int sliding_window = 0) {
  static const TempFolder folder;
  const std::string file = folder.File(architecture + ".gguf");
  WriteTestModel(file, {.width = 32,
                        .layers = layers,
                        .heads = 2,
                        .kv_heads = 1,
                        .feed_forward = 32,
                        .architecture = architecture,
                        .sliding_window = sliding_window});
  return LlamaModel::Load(file);
}

// llama.cpp names no states in PLaMo 3's graph. The evaluation is taken back.
TEST(LlamaEncoder, AnArchitectureThatGivesNoStatesIsNamed) {
  const std::shared_ptr<const LlamaModel> model = ModelOf("plamo3", 1);
  LlamaMachine machine(model, {.output = LlamaOutput::kHidden, .sequences = 1, .cells = 256});
  const Row row{.token = 65, .position = 0, .sequence = 0, .output = true};
  for (int tries = 0; tries < 2; ++tries) {
    EXPECT_THAT(
        [&] {
          machine.Evaluate({&row, 1});
        },
        testing::ThrowsMessage<Error>(
            testing::AllOf(testing::HasSubstr(model->info().path), testing::HasSubstr("plamo3"))));
  }
}

// Paths longer than the window go on, are cut back and shared, while others' tokens take the cells
// that left it.
TEST(LlamaEncoder, ASlidingWindowThatLostABeginningIsReadAgain) {
  const std::shared_ptr<const LlamaModel> model = ModelOf("gemma3", 6, /*sliding_window=*/16);
  constexpr int kWalkers = 4, kLongest = 120;
  const EngineOptions options{
      .threads = 1, .width = kWalkers, .lanes = 1, .context = 256, .layout = KvLayout::kUnified};
  const auto engine = MakeLlamaEncoder(model, options);
  std::vector<float> got(model->info().width), want(model->info().width);
  std::vector<std::vector<Token>> paths(kWalkers);
  std::mt19937 random(7);
  for (int round = 0; round < 150; ++round) {
    const int walker = static_cast<int>(random() % kWalkers);
    std::vector<Token>& path = paths[walker];
    if (random() % 4 == 0) path = paths[random() % kWalkers];
    if (random() % 3 == 0) path.resize(path.size() / (1 + random() % 3));
    for (int added = 1 + static_cast<int>(random() % 20); added > 0; --added) {
      path.push_back(static_cast<Token>(random() % 250));
    }
    if (path.size() > kLongest) path.resize(kLongest / 4);
    const EncodeRequest request{Extend(nullptr, path), static_cast<uint64_t>(walker)};
    engine->Encode({&request, 1}, got);
    MakeLlamaEncoder(model, options)->Encode({&request, 1}, want);
    ASSERT_LT(Distance(got, want), kTolerance) << "round " << round;
  }
}

}  // namespace
}  // namespace pgts::llm
