// SPDX-License-Identifier: Apache-2.0
#include "policy/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "base/jsonl.h"
#include "model/safetensors.h"
#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "policy/ppo.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const NetworkOptions kSmall{.hidden_dim = 16, .num_layers = 1, .num_heads = 2};
const SearchConditions kConditions{.scorer_hash = 0xABC, .limits = {.max_nodes = 18}};
const PpoSetup kSetup{.ppo = {.batch_size = 40, .ppo_epochs = 2}, .seed = 3};

class CheckpointTest : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  const std::string folder_ = testing::TempDir() + "policy_checkpoint_" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
};

std::vector<tree::Trajectory> Rollouts(std::shared_ptr<GpsNetwork> network, int iteration) {
  NetworkPolicy policy(std::move(network), {.temperature = kSetup.temperature});
  return SearchToyWorld({}, policy, 16, Key("checkpoint").With(iteration));
}

std::string Message(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
  return "no error";
}

TEST_F(CheckpointTest, ResumeIsExact) {
  const auto straight = std::make_shared<GpsNetwork>(kSmall, 1);
  PpoTrainer straight_trainer(straight, kSetup);
  for (int i = 0; i < 3; ++i) straight_trainer.Update(Rollouts(straight, i));

  const auto first = std::make_shared<GpsNetwork>(kSmall, 1);
  {
    PpoTrainer trainer(first, kSetup);
    trainer.Update(Rollouts(first, 0));
    SaveCheckpoint(Path("c.safetensors"), trainer, kConditions);
  }
  const auto resumed = std::make_shared<GpsNetwork>(kSmall, 99);  // other weights
  PpoTrainer trainer(resumed, kSetup);
  LoadCheckpoint(Path("c.safetensors"), trainer, kConditions);
  EXPECT_EQ(trainer.iteration(), 1);
  for (int i = 1; i < 3; ++i) trainer.Update(Rollouts(resumed, i));

  EXPECT_EQ(straight->returns(), resumed->returns());
  for (size_t i = 0; i < straight->Weights().size(); ++i) {
    EXPECT_TRUE(torch::equal(straight->Weights()[i].second, resumed->Weights()[i].second))
        << straight->Weights()[i].first;
  }
  // The files of both are the same bytes.
  SaveCheckpoint(Path("straight.safetensors"), straight_trainer, kConditions);
  SaveCheckpoint(Path("resumed.safetensors"), trainer, kConditions);
  EXPECT_EQ(ReadFile(Path("straight.safetensors")), ReadFile(Path("resumed.safetensors")));
}

TEST_F(CheckpointTest, PolicyFileDecidesAsTheNetworkDid) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  PpoTrainer trainer(network, kSetup);
  trainer.Update(Rollouts(network, 0));
  SavePolicy(Path("policy_final.safetensors"), *network, kConditions, 1);
  SaveCheckpoint(Path("c.safetensors"), trainer, kConditions);
  EXPECT_LT(std::filesystem::file_size(Path("policy_final.safetensors")),
            std::filesystem::file_size(Path("c.safetensors")) / 2);

  const auto expected = Rollouts(network, 1);
  for (const char* name : {"policy_final.safetensors", "c.safetensors"}) {
    const auto loaded = ReadPolicy(Path(name), kConditions);
    EXPECT_EQ(loaded->options(), kSmall);
    EXPECT_EQ(loaded->returns(), network->returns());
    const auto again = Rollouts(loaded, 1);
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(again[i].steps.size(), expected[i].steps.size());
      EXPECT_EQ(again[i].steps.back().decision.log_prob,
                expected[i].steps.back().decision.log_prob);
      EXPECT_EQ(again[i].steps.back().decision.value, expected[i].steps.back().decision.value);
    }
  }
}

TEST_F(CheckpointTest, ACheckpointOfAnotherShapeIsRefusedAndChangesNothing) {
  PpoTrainer trainer(std::make_shared<GpsNetwork>(kSmall, 1), kSetup);
  SaveCheckpoint(Path("c.safetensors"), trainer, kConditions);
  const auto wide = std::make_shared<GpsNetwork>(
      NetworkOptions{.hidden_dim = 32, .num_layers = 1, .num_heads = 2}, 1);
  const torch::Tensor before = wide->Weights()[0].second.clone();
  PpoTrainer other(wide, kSetup);
  EXPECT_THAT(Message([&] { LoadCheckpoint(Path("c.safetensors"), other, kConditions); }),
              AllOf(HasSubstr("c.safetensors"), HasSubstr("hidden_dim 16"), HasSubstr("32")));
  EXPECT_TRUE(torch::equal(before, wide->Weights()[0].second));
}

TEST_F(CheckpointTest, APolicyFileCannotBeResumed) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  SavePolicy(Path("p.safetensors"), *network, kConditions, 0);
  PpoTrainer trainer(network, kSetup);
  EXPECT_THAT(Message([&] { LoadCheckpoint(Path("p.safetensors"), trainer, kConditions); }),
              HasSubstr("without its optimiser"));
}

TEST_F(CheckpointTest, DamagedOrForeignFilesAreOneLine) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  SavePolicy(Path("p.safetensors"), *network, kConditions, 0);
  const std::string bytes = ReadFile(Path("p.safetensors"));
  WriteFileAtomic(Path("cut.safetensors"), bytes.substr(0, bytes.size() / 2));
  EXPECT_THAT(Message([&] { ReadPolicy(Path("cut.safetensors"), kConditions); }),
              HasSubstr("cut.safetensors"));
  EXPECT_THAT(Message([&] { ReadPolicy(Path("none.safetensors"), kConditions); }),
              HasSubstr("none.safetensors"));

  model::Safetensors foreign;
  foreign.tensors["x"] = torch::zeros({2});
  model::WriteSafetensors(Path("foreign.safetensors"), foreign);
  EXPECT_THAT(Message([&] { ReadPolicy(Path("foreign.safetensors"), kConditions); }),
              HasSubstr("is not a policy of pgts"));

  model::Safetensors edited = model::ReadSafetensors(Path("p.safetensors"));
  edited.metadata["pgts.network"] = "{\"hidden_dim\": \"wide\"}";
  model::WriteSafetensors(Path("edited.safetensors"), edited);
  EXPECT_THAT(Message([&] { ReadPolicy(Path("edited.safetensors"), kConditions); }),
              HasSubstr("pgts.network is damaged"));

  edited = model::ReadSafetensors(Path("p.safetensors"));
  edited.tensors.erase("policy.head.weight");
  model::WriteSafetensors(Path("poor.safetensors"), edited);
  EXPECT_THAT(Message([&] { ReadPolicy(Path("poor.safetensors"), kConditions); }),
              HasSubstr("head.weight"));
}

// Metadata that promise more than the file holds must not make a network of that size first.
TEST_F(CheckpointTest, MetadataThatDoNotFitTheTensorsAreRefused) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  SavePolicy(Path("p.safetensors"), *network, kConditions, 0);
  for (const char* claim : {R"("hidden_dim":1000000000,"num_layers":1)",
                            R"("hidden_dim":16,"num_layers":1000000000)"}) {
    model::Safetensors edited = model::ReadSafetensors(Path("p.safetensors"));
    edited.metadata["pgts.network"] =
        "{" + std::string(claim) + R"(,"num_heads":2,"dropout":0.1,"activation":"gelu"})";
    model::WriteSafetensors(Path("edited.safetensors"), edited);
    EXPECT_THAT(Message([&] { ReadPolicy(Path("edited.safetensors"), kConditions); }),
                HasSubstr("pgts.network does not describe the file's tensors"));
  }
}

TEST_F(CheckpointTest, WeightsThatAreNotNumbersAreRefused) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  SavePolicy(Path("p.safetensors"), *network, kConditions, 0);
  model::Safetensors edited = model::ReadSafetensors(Path("p.safetensors"));
  edited.tensors["policy.head.bias"][3] = NAN;
  model::WriteSafetensors(Path("nan.safetensors"), edited);
  EXPECT_THAT(Message([&] { ReadPolicy(Path("nan.safetensors"), kConditions); }),
              HasSubstr("policy.head.bias holds values that are not numbers"));
}

TEST_F(CheckpointTest, APolicyOfAnotherRewardModelIsRefused) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  PpoTrainer trainer(network, kSetup);
  SavePolicy(Path("p.safetensors"), *network, kConditions, 0);
  SaveCheckpoint(Path("c.safetensors"), trainer, kConditions);
  const SearchConditions other{.scorer_hash = 0xDEF, .limits = kConditions.limits};
  const auto refusal = AllOf(HasSubstr("p.safetensors learnt on the scores of reward model "
                                       "0000000000000abc, here 0000000000000def scores"),
                             HasSubstr("use the one of its own run"));
  EXPECT_THAT(Message([&] { ReadPolicy(Path("p.safetensors"), other); }), refusal);
  EXPECT_THAT(Message([&] { LoadCheckpoint(Path("c.safetensors"), trainer, other); }),
              HasSubstr("0000000000000abc, here 0000000000000def"));
}

TEST_F(CheckpointTest, APolicyThatReadsOtherFeaturesIsRefused) {
  SavePolicy(Path("p.safetensors"), GpsNetwork(kSmall, 1), kConditions, 0);
  const model::Safetensors saved = model::ReadSafetensors(Path("p.safetensors"));
  const auto refusal = [&](const Json& features) {
    model::Safetensors edited = saved;
    edited.metadata["pgts.features"] = features.dump();
    model::WriteSafetensors(Path("edited.safetensors"), edited);
    return Message([&] { ReadPolicy(Path("edited.safetensors"), kConditions); });
  };
  Json features = Json::parse(saved.metadata.at("pgts.features"));
  EXPECT_EQ(features.size(), 34);
  EXPECT_EQ(refusal(features), "no error");
  Json renamed = features;
  renamed[3] = "node.length";
  EXPECT_THAT(refusal(renamed),
              AllOf(HasSubstr("reads 34 features, of which number 4 is \"node.length\""),
                    HasSubstr("that is \"node.tokens\": train it again")));
  features.erase(33);
  EXPECT_THAT(refusal(features),
              AllOf(HasSubstr("reads 33 features, of which number 34 is missing"),
                    HasSubstr("global.next_score")));
}

TEST_F(CheckpointTest, AFileOfAnEarlierVersionSaysWhatIsToBeDone) {
  SavePolicy(Path("p.safetensors"), GpsNetwork(kSmall, 1), kConditions, 0);
  model::Safetensors edited = model::ReadSafetensors(Path("p.safetensors"));
  edited.metadata["pgts.format"] = "pgts-policy-1";
  model::WriteSafetensors(Path("old.safetensors"), edited);
  EXPECT_THAT(Message([&] { ReadPolicy(Path("old.safetensors"), kConditions); }),
              AllOf(HasSubstr("another version (pgts-policy-1;"), HasSubstr("train it again")));
}

TEST_F(CheckpointTest, OtherLimitsAreOneLineAndNoError) {
  SavePolicy(Path("p.safetensors"), GpsNetwork(kSmall, 1), kConditions, 0);
  const auto printed = [&](const SearchConditions& conditions) {
    testing::internal::CaptureStderr();
    ReadPolicy(Path("p.safetensors"), conditions);
    return testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(printed(kConditions), "");
  EXPECT_EQ(printed({.scorer_hash = 0xABC, .limits = {.max_nodes = 18, .max_actions = 54}}), "");
  const std::string line = printed({.scorer_hash = 0xABC, .limits = {.max_nodes = 40}});
  EXPECT_THAT(line, AllOf(HasSubstr("was trained in searches with"), HasSubstr("\"max_nodes\":18"),
                          HasSubstr("these have"), HasSubstr("\"max_nodes\":40")));
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
}

}  // namespace
}  // namespace pgts::policy
