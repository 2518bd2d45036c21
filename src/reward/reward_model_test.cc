// SPDX-License-Identifier: Apache-2.0
#include "reward/reward_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"
#include "labels/test_fakes.h"
#include "model/decoder.h"
#include "model/gguf_reader.h"
#include "model/gguf_writer.h"
#include "reward/finetune.h"
#include "reward/judge_solutions.h"

namespace pgts::reward {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

model::DecoderShape Shape() {
  return {.vocab = 288,
          .width = 64,
          .layers = 2,
          .heads = 4,
          .kv_heads = 2,
          .head_dim = 16,
          .ff_width = 96,
          .context = 128};
}

Head RandomHead(int width) {
  torch::manual_seed(7);
  const torch::Tensor weight = torch::randn({2 * width}) / 4;
  Head head;
  head.weight.assign(weight.data_ptr<float>(), weight.data_ptr<float>() + weight.numel());
  head.bias = {0.1f, -0.2f};
  return head;
}

GeneratorContract Generator() {
  return {.file = "base.gguf",
          .hash = "00000000deadbeef",
          .vocabulary = 288,
          .separator = "\n",
          .prompt = "plain",
          .task = "word_problems"};
}

class RewardModelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    base_ = folder_.File("base.gguf");
    model::WriteGguf(base_, model::Decoder(Shape(), 1));
    saved_ = folder_.File("reward_model_final");
  }

  RewardModel Save(const std::string& weight_type = "f32") {
    RewardModel reward_model{
        .generator = Generator(),
        .threshold = 0.4,
        .calibration = {.written_inner = {.logit = 1.5, .offset = -0.25}},
        .metrics = {.steps = 10, .step_auc = 0.9},
        .gate = {.extraction_rate = 0.9, .right_share = 0.5, .step_auc = 0.9, .max_new_tokens = 24},
        .training = {{"epochs", 3}},
        .head = RandomHead(64)};
    SaveRewardModel(saved_, reward_model,
                    {.base_path = base_, .decoder = decoder_.get(), .weight_type = weight_type});
    return reward_model;
  }

  std::string OtherBase() {
    const std::string other = folder_.File("other.gguf");
    model::WriteGguf(other, model::Decoder(Shape(), 9));
    return other;
  }

  // Changes reward_model.json in place.
  void Edit(const std::function<void(Json&)>& change) {
    Json json = ReadJsonFile(saved_ + "/reward_model.json");
    change(json);
    WriteFileAtomic(saved_ + "/reward_model.json", JsonPretty(json));
  }

  auto ReadThrows(const std::string& words) {
    return Throws<Error>(Property(&Error::what, HasSubstr(words)));
  }
  std::function<void()> Read() {
    return [this] { ReadRewardModel(saved_); };
  }

  const TempFolder folder_;
  std::string base_, saved_;
  std::shared_ptr<model::Decoder> decoder_ = std::make_shared<model::Decoder>(Shape(), 2);
};

TEST_F(RewardModelTest, FolderRoundTrip) {
  const RewardModel saved = Save();
  const RewardModel read = ReadRewardModel(saved_);
  EXPECT_EQ(read.kind, Kind::kFull);
  EXPECT_EQ(read.base_file, "base.gguf");
  EXPECT_EQ(read.base_hash, HashFile(base_));
  EXPECT_EQ(read.generator, Generator());
  EXPECT_EQ(read.threshold, 0.4);
  EXPECT_EQ(read.calibration, saved.calibration);
  EXPECT_EQ(read.metrics.step_auc, 0.9);
  EXPECT_EQ(read.gate.max_new_tokens, 24);
  EXPECT_EQ(read.training["epochs"], 3);
  EXPECT_EQ(read.head.weight, saved.head.weight);
  EXPECT_EQ(read.head.bias, saved.head.bias);
  EXPECT_FALSE(fs::exists(saved_ + ".part"));
  Save();  // replaces it
  EXPECT_NO_THROW(ReadRewardModel(saved_));
  EXPECT_FALSE(fs::exists(saved_ + ".old"));
}

TEST_F(RewardModelTest, MissingAndDamagedFilesAreNamed) {
  EXPECT_THAT(Read(), ReadThrows("is not a reward model"));
  Save();
  fs::remove(saved_ + "/head.safetensors");
  EXPECT_THAT(Read(), ReadThrows("head.safetensors is missing"));
  Save();
  std::string bytes = ReadFile(saved_ + "/model.gguf");
  bytes[bytes.size() / 2] ^= 1;
  WriteFileAtomic(saved_ + "/model.gguf", bytes);
  EXPECT_THAT(Read(), ReadThrows("model.gguf is not the file"));
  Save();
  WriteFileAtomic(saved_ + "/reward_model.json", "{\"format\": ");
  EXPECT_THAT(Read(), ReadThrows("reward_model.json"));
}

TEST_F(RewardModelTest, EveryFieldOfTheContractIsChecked) {
  const auto after = [&](const std::function<void(Json&)>& change) {
    Save();
    Edit(change);
    return Read();
  };
  EXPECT_THAT(after([](Json& j) { j["version"] = 99; }), ReadThrows("version 99"));
  EXPECT_THAT(after([](Json& j) { j["kind"] = "best"; }), ReadThrows("kind 'best'"));
  EXPECT_THAT(after([](Json& j) { j["format"] = "?"; }), ReadThrows("'format'"));
  EXPECT_THAT(after([](Json& j) { j["threshold"] = 2; }), ReadThrows("'threshold'"));
  EXPECT_THAT(after([](Json& j) { j["calibration"]["written_inner"]["logit"] = -1; }),
              ReadThrows("'calibration'"));
  EXPECT_THAT(after([](Json& j) { j["generator"]["separator"] = 3; }), ReadThrows("'separator'"));
  EXPECT_THAT(after([](Json& j) { j = Json::array(); }), ReadThrows("reward_model.json"));
  for (const char* field :
       {"base", "generator", "files", "threshold", "calibration", "metrics", "gate", "training"}) {
    EXPECT_THAT(after([&](Json& j) { j.erase(field); }), ReadThrows(field));
  }
}

TEST_F(RewardModelTest, AnotherGeneratorIsAnErrorWithTheCure) {
  const RewardModel saved = Save();
  EXPECT_NO_THROW(CheckContract(saved, Generator(), saved_));
  const auto with = [&](const std::function<void(GeneratorContract&)>& change) {
    return [&, change] {
      GeneratorContract other = Generator();
      change(other);
      CheckContract(saved, other, saved_);
    };
  };
  EXPECT_THAT(with([](auto& g) {
                g.hash = "1";
                g.file = "other.gguf";
              }),
              Throws<Error>(Property(&Error::what, AllOf(HasSubstr("other.gguf"), HasSubstr(saved_),
                                                         HasSubstr("train phase 1 again")))));
  EXPECT_THAT(with([](auto& g) { g.separator = "\n\n"; }), ReadThrows("separator \"\\n\""));
  EXPECT_THAT(with([](auto& g) { g.prompt = "chat"; }), ReadThrows("prompt \"plain\""));
  EXPECT_THAT(with([](auto& g) { g.vocabulary = 5; }), ReadThrows("vocabulary"));
  EXPECT_NO_THROW(with([](auto& g) { g.task = "gsm8k"; })());
}

// Scores through llama.cpp against scores through LibTorch.
class ScorerTest : public RewardModelTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(ScorerTest, LlamaEqualsLibTorch) {
  Save(GetParam());
  const RewardModel read = ReadRewardModel(saved_);
  const auto scorer = MakeScorer(read, {.threads = 1, .width = 4, .context = 128});
  const std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p/1", "Tom has 14 pens.\n", {{"14+9=23\n", 1}, {"23*2=46\n", 1}}),
      labels::TextSolution("p/1", "Tom has 14 pens.\n",
                           {{"14+9=23\n", 1}, {"23-2=21\n", 0}, {"#### 21\n", 0}}),
      labels::TextSolution("p/2", "Ann has 3 cups.\n", {{"3*3=9\n", 1}})};

  std::vector<world::ScoreRequest> requests;
  for (size_t i = 0; i < solutions.size(); ++i) {
    llm::PrefixPtr prefix = llm::Extend(nullptr, solutions[i].prompt);
    for (const labels::LabelledStep& step : solutions[i].steps) {
      prefix = llm::Extend(prefix, step.tokens);
      requests.push_back({.prefix = prefix, .walker = i + 1});
    }
  }
  std::vector<float> scores(requests.size());
  scorer->Score(requests, scores);

  // One row for each solution keeps the order.
  std::vector<double> expected;
  for (const labels::LabelledSolution& solution : solutions) {
    for (const ScoredStep& step :
         ScoreSolutions(decoder_, read.head, std::span(&solution, 1), 128)) {
      expected.push_back(read.calibration.Score(step.evidence()));
    }
  }
  ASSERT_EQ(scores.size(), expected.size());
  const double tolerance = std::string(GetParam()) == "f32" ? 2e-3 : 5e-2;
  double spread = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    EXPECT_NEAR(scores[i], expected[i], tolerance) << "step " << i;
    spread = std::max(spread, std::abs(expected[i] - expected[0]));
  }
  EXPECT_GT(spread, 0.05) << "the scores must differ for this to mean anything";
}

// Kind head: the same scores from the base's own file, whoever has loaded it.
TEST_F(RewardModelTest, AHeadRunsOnItsBaseAndOnNoOther) {
  RewardModel saved{.kind = Kind::kHead, .generator = Generator(), .head = RandomHead(64)};
  SaveRewardModel(saved_, saved, {.base_path = base_});
  EXPECT_FALSE(fs::exists(saved_ + "/model.gguf"));
  const RewardModel read = ReadRewardModel(saved_);
  EXPECT_EQ(read.kind, Kind::kHead);
  EXPECT_EQ(read.model_hash, HashFile(base_));
  EXPECT_NE(read.weights_hash, read.model_hash);

  const llm::EngineOptions engine{.threads = 1, .width = 4, .context = 128};
  const labels::LabelledSolution solution =
      labels::TextSolution("p/1", "Tom has 14 pens.\n", {{"14+9=23\n", 1}, {"23*2=46\n", 1}});
  const auto decoder = std::make_shared<model::Decoder>(Shape(), 1);  // as the base
  const std::vector<ScoredStep> expected =
      ScoreSolutions(decoder, read.head, std::span(&solution, 1), 128);
  for (const auto& loaded :
       {std::shared_ptr<const llm::LlamaModel>(), llm::LlamaModel::Load(base_)}) {
    const auto scorer = MakeScorer(read, engine, {.path = base_, .loaded = loaded});
    EXPECT_EQ(scorer->hash(), ScorerHash(read.model_hash, read.head, read.calibration));
    const auto judged = JudgeSolutions(*scorer, std::span(&solution, 1));
    EXPECT_NEAR(judged[0][0].logit, expected[0].logit, 1e-2);
    EXPECT_NEAR(judged[0][1].logit, expected[1].logit, 1e-2);
    EXPECT_GT(std::abs(expected[0].logit - expected[1].logit), 0.05);
  }
  EXPECT_THAT([&] { MakeScorer(read, engine, {.path = OtherBase()}); },
              ReadThrows("give the path of base.gguf as reward_model.model_name"));
}

// Kind lora: the adapter beside the base's own file, as LibTorch has the two.
TEST_F(RewardModelTest, AnAdapterRunsOnItsBaseAndOnNoOther) {
  const auto decoder = model::ReadFrozenGguf(base_, 0, model::WeightType::kF32);
  const std::vector<labels::LabelledSolution> solutions = {
      labels::TextSolution("p/1", "Tom has 14 pens.\n", {{"14+9=23\n", 1}, {"23*2=46\n", 1}})};
  const Head head = RandomHead(64);
  const double before = ScoreSolutions(decoder, head, solutions, 128)[1].logit;
  decoder->AddLora({.rank = 4, .alpha = 8}, 3);
  {
    torch::NoGradGuard no_grad;
    torch::manual_seed(5);
    for (const auto& [name, weight] : decoder->LoraWeights()) {
      if (name.ends_with("lora_b")) weight.normal_(0, 1);
    }
  }
  RewardModel saved{.kind = Kind::kLora, .generator = Generator(), .head = head};
  SaveRewardModel(saved_, saved, {.base_path = base_, .decoder = decoder.get()});
  EXPECT_FALSE(fs::exists(saved_ + "/model.gguf"));
  const RewardModel read = ReadRewardModel(saved_);
  EXPECT_EQ(read.kind, Kind::kLora);

  const llm::EngineOptions engine{.threads = 1, .width = 4, .context = 128};
  const auto scorer = MakeScorer(read, engine, {.path = base_});
  EXPECT_EQ(scorer->hash(), ScorerHash(read.model_hash, read.head, read.calibration));
  EXPECT_NE(read.model_hash, read.base_hash);
  const std::vector<ScoredStep> expected = ScoreSolutions(decoder, head, solutions, 128);
  const auto judged = JudgeSolutions(*scorer, solutions);
  EXPECT_NEAR(judged[0][0].logit, expected[0].logit, 2e-2);
  EXPECT_NEAR(judged[0][1].logit, expected[1].logit, 2e-2);
  EXPECT_GT(std::abs(expected[1].logit - before), 0.1) << "the adapter must matter";

  EXPECT_THAT([&] { MakeScorer(read, engine, {.path = OtherBase()}); },
              ReadThrows("give the path of base.gguf as reward_model.model_name"));
  fs::remove(saved_ + "/adapter.gguf");
  EXPECT_THAT(Read(), ReadThrows("adapter.gguf is missing"));
}

TEST(KindTest, AutoTrainsLargeBasesByLora) {
  EXPECT_EQ(KindForSize(135'000'000), Kind::kFull);
  EXPECT_EQ(KindForSize(1'700'000'000), Kind::kLora);
  for (const Kind kind : {Kind::kHead, Kind::kLora, Kind::kFull}) {
    EXPECT_EQ(ParseKind(KindName(kind), "here"), kind);
  }
  EXPECT_THAT([] { ParseKind("tail", "here"); },
              Throws<Error>(Property(&Error::what, HasSubstr("head, lora, full"))));
}

TEST(LlamaScorerTest, AHeadOfAnotherWidthIsAnError) {
  auto encoder = std::make_unique<llm::ScriptedEncoder>(
      8, [](std::string_view) { return std::vector<float>(8); });
  EXPECT_THROW(LlamaScorer(std::move(encoder), RandomHead(4), {}), Error);
}

// A path that brings its state is not read, and has the score that reading would have given.
TEST(LlamaScorerTest, AStateThatComesAlongIsNotReadAgain) {
  auto encoder = std::make_unique<llm::ScriptedEncoder>(
      4, [](std::string_view text) { return std::vector<float>(4, 0.1F * text.size()); });
  const llm::ScriptedEncoder& calls = *encoder;
  LlamaScorer scorer(std::move(encoder), RandomHead(4), {});
  const llm::PrefixPtr path = llm::Extend(nullptr, {65, 66, 67});
  std::vector<world::ScoreRequest> requests = {
      {.prefix = path, .state = std::vector<float>(4, 0.3F)}};
  std::vector<double> given(1), read(1), both(2);
  scorer.Logits(requests, given);
  EXPECT_EQ(calls.calls(), 0);
  requests[0].state.clear();
  scorer.Logits(requests, read);
  EXPECT_EQ(calls.calls(), 1);
  EXPECT_EQ(given, read);
  requests.insert(requests.begin(), {.prefix = path, .state = std::vector<float>(4, 7)});
  scorer.Logits(requests, both);
  EXPECT_EQ(both[1], read[0]);
  EXPECT_NE(both[0], read[0]);
}

INSTANTIATE_TEST_SUITE_P(WeightTypes, ScorerTest, ::testing::Values("f32", "q8_0"));

TEST(ScorerHashTest, NamesModelHeadAndCalibration) {
  const Head head = RandomHead(8);
  Head other = head;
  other.bias[0] += 1;
  const uint64_t hash = ScorerHash("1", head, {});
  EXPECT_EQ(hash, ScorerHash("1", head, {}));
  EXPECT_NE(hash, ScorerHash("2", head, {}));
  EXPECT_NE(hash, ScorerHash("1", other, {}));
  EXPECT_NE(hash, ScorerHash("1", head, {.given_terminal = {.logit = 2}}));
}

}  // namespace
}  // namespace pgts::reward
