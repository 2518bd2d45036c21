// SPDX-License-Identifier: Apache-2.0
#include "policy/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/files.h"
#include "model/safetensors.h"
#include "policy/gps_network.h"
#include "policy/network_policy.h"
#include "policy/ppo.h"
#include "policy/toy_world.h"

namespace pgts::policy {
namespace {

using ::testing::HasSubstr;

const NetworkOptions kSmall{.hidden_dim = 16, .num_layers = 1, .num_heads = 2};
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
    SaveCheckpoint(Path("c.safetensors"), trainer, {{"scorer", "abc"}});
  }
  const auto resumed = std::make_shared<GpsNetwork>(kSmall, 99);  // other weights
  PpoTrainer trainer(resumed, kSetup);
  EXPECT_EQ(LoadCheckpoint(Path("c.safetensors"), trainer).at("scorer"), "abc");
  EXPECT_EQ(trainer.iteration(), 1);
  for (int i = 1; i < 3; ++i) trainer.Update(Rollouts(resumed, i));

  EXPECT_EQ(straight->returns(), resumed->returns());
  for (size_t i = 0; i < straight->Weights().size(); ++i) {
    EXPECT_TRUE(torch::equal(straight->Weights()[i].second, resumed->Weights()[i].second))
        << straight->Weights()[i].first;
  }
  // The files of both are the same bytes.
  SaveCheckpoint(Path("straight.safetensors"), straight_trainer);
  SaveCheckpoint(Path("resumed.safetensors"), trainer);
  EXPECT_EQ(ReadFile(Path("straight.safetensors")), ReadFile(Path("resumed.safetensors")));
}

TEST_F(CheckpointTest, PolicyFileDecidesAsTheNetworkDid) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  PpoTrainer trainer(network, kSetup);
  trainer.Update(Rollouts(network, 0));
  SavePolicy(Path("policy_final.safetensors"), *network, {{"scorer", "abc"}});
  SaveCheckpoint(Path("c.safetensors"), trainer);
  EXPECT_LT(std::filesystem::file_size(Path("policy_final.safetensors")),
            std::filesystem::file_size(Path("c.safetensors")) / 2);

  const auto expected = Rollouts(network, 1);
  for (const char* name : {"policy_final.safetensors", "c.safetensors"}) {
    const LoadedPolicy loaded = LoadPolicy(Path(name));
    EXPECT_EQ(loaded.network->options(), kSmall);
    EXPECT_EQ(loaded.network->returns(), network->returns());
    const auto again = Rollouts(loaded.network, 1);
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(again[i].steps.size(), expected[i].steps.size());
      EXPECT_EQ(again[i].steps.back().decision.log_prob,
                expected[i].steps.back().decision.log_prob);
      EXPECT_EQ(again[i].steps.back().decision.value, expected[i].steps.back().decision.value);
    }
  }
  EXPECT_EQ(LoadPolicy(Path("policy_final.safetensors")).metadata.at("scorer"), "abc");
  EXPECT_EQ(LoadPolicy(Path("c.safetensors")).iteration, 1);
}

TEST_F(CheckpointTest, ACheckpointOfAnotherShapeIsRefusedAndChangesNothing) {
  PpoTrainer trainer(std::make_shared<GpsNetwork>(kSmall, 1), kSetup);
  SaveCheckpoint(Path("c.safetensors"), trainer);
  const auto wide = std::make_shared<GpsNetwork>(
      NetworkOptions{.hidden_dim = 32, .num_layers = 1, .num_heads = 2}, 1);
  const torch::Tensor before = wide->Weights()[0].second.clone();
  PpoTrainer other(wide, kSetup);
  EXPECT_THAT(Message([&] { LoadCheckpoint(Path("c.safetensors"), other); }),
              AllOf(HasSubstr("c.safetensors"), HasSubstr("hidden_dim 16"), HasSubstr("32")));
  EXPECT_TRUE(torch::equal(before, wide->Weights()[0].second));
}

TEST_F(CheckpointTest, APolicyFileCannotBeResumed) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  SavePolicy(Path("p.safetensors"), *network);
  PpoTrainer trainer(network, kSetup);
  EXPECT_THAT(Message([&] { LoadCheckpoint(Path("p.safetensors"), trainer); }),
              HasSubstr("without its optimiser"));
}

TEST_F(CheckpointTest, DamagedOrForeignFilesAreOneLine) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  SavePolicy(Path("p.safetensors"), *network);
  const std::string bytes = ReadFile(Path("p.safetensors"));
  WriteFileAtomic(Path("cut.safetensors"), bytes.substr(0, bytes.size() / 2));
  EXPECT_THAT(Message([&] { LoadPolicy(Path("cut.safetensors")); }), HasSubstr("cut.safetensors"));
  EXPECT_THAT(Message([&] { LoadPolicy(Path("none.safetensors")); }),
              HasSubstr("none.safetensors"));

  model::Safetensors foreign;
  foreign.tensors["x"] = torch::zeros({2});
  model::WriteSafetensors(Path("foreign.safetensors"), foreign);
  EXPECT_THAT(Message([&] { LoadPolicy(Path("foreign.safetensors")); }),
              HasSubstr("is not a policy of pgts"));

  model::Safetensors edited = model::ReadSafetensors(Path("p.safetensors"));
  edited.metadata["pgts.network"] = "{\"hidden_dim\": \"wide\"}";
  model::WriteSafetensors(Path("edited.safetensors"), edited);
  EXPECT_THAT(Message([&] { LoadPolicy(Path("edited.safetensors")); }),
              HasSubstr("pgts.network is damaged"));

  edited = model::ReadSafetensors(Path("p.safetensors"));
  edited.tensors.erase("policy.head.weight");
  model::WriteSafetensors(Path("poor.safetensors"), edited);
  EXPECT_THAT(Message([&] { LoadPolicy(Path("poor.safetensors")); }), HasSubstr("head.weight"));
}

// Metadata that promise more than the file holds must not make a network of that size first.
TEST_F(CheckpointTest, MetadataThatDoNotFitTheTensorsAreRefused) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  SavePolicy(Path("p.safetensors"), *network);
  for (const char* claim : {R"("hidden_dim":1000000000,"num_layers":1)",
                            R"("hidden_dim":16,"num_layers":1000000000)"}) {
    model::Safetensors edited = model::ReadSafetensors(Path("p.safetensors"));
    edited.metadata["pgts.network"] =
        "{" + std::string(claim) + R"(,"num_heads":2,"dropout":0.1,"activation":"gelu"})";
    model::WriteSafetensors(Path("edited.safetensors"), edited);
    EXPECT_THAT(Message([&] { LoadPolicy(Path("edited.safetensors")); }),
                HasSubstr("pgts.network does not describe the file's tensors"));
  }
}

TEST_F(CheckpointTest, WeightsThatAreNotNumbersAreRefused) {
  const auto network = std::make_shared<GpsNetwork>(kSmall, 1);
  SavePolicy(Path("p.safetensors"), *network);
  model::Safetensors edited = model::ReadSafetensors(Path("p.safetensors"));
  edited.tensors["policy.head.bias"][3] = NAN;
  model::WriteSafetensors(Path("nan.safetensors"), edited);
  EXPECT_THAT(Message([&] { LoadPolicy(Path("nan.safetensors")); }),
              HasSubstr("policy.head.bias holds values that are not numbers"));
}

}  // namespace
}  // namespace pgts::policy
