// SPDX-License-Identifier: Apache-2.0
// The engine on RPC devices, which are two servers on this machine's CPU: the same tokens, hidden
// states and memory as on the CPU itself.
//
// A server computes with the same kernels, from weights as they are in the file; here they have 32
// bits, which the CPU does not repack either. What differs is which rows share an evaluation's
// buffers, so that results agree to kClose, not to the bit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "base/error.h"
#include "llm/llama_context_pool.h"
#include "llm/llama_devices.h"
#include "llm/llama_generator.h"
#include "llm/llama_memory.h"
#include "llm/llama_test_engine.h"
#include "model/decoder.h"
#include "model/gguf_lora.h"
#include "model/gguf_reader.h"
#include "model/gguf_writer.h"
#include "model/tiny_shape.h"
#include "rpc_servers.h"

namespace pgts::llm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

constexpr double kClose = 1e-3;

EngineOptions On(const std::string& device, int contexts = 1) {
  return {.device = device,
          .threads = 2,
          .width = 6,
          .pool_size = contexts,
          .context = 512,
          .layout = KvLayout::kUnified,
          .flash_attention = 0};
}

// Steps of six walkers that go on from each other's, with their hidden states.
std::vector<Generation> Walk(const std::string& path, const EngineOptions& options) {
  const auto generator = MakeLlamaGenerator(LlamaModel::Load(path, options.device), options);
  const auto sampling = std::make_shared<SamplingOptions>(
      SamplingOptions{.temperature = 1, .top_p = 0.95, .max_new_tokens = 10});
  std::vector<PrefixPtr> at;
  for (int w = 0; w < 6; ++w) at.push_back(Root(w % 3));
  std::vector<Generation> all;
  for (int round = 0; round < 4; ++round) {
    std::vector<GenerateRequest> requests;
    for (int w = 0; w < 6; ++w) {
      requests.push_back({.prefix = at[w],
                          .walker = static_cast<uint64_t>(w),
                          .draw = Key("draw").With(round).With(w),
                          .sampling = sampling,
                          .with_state = (w + round) % 2 == 0});
    }
    for (Generation& step : WriteAll(*generator, requests)) all.push_back(std::move(step));
    for (int w = 0; w < 6; ++w) at[w] = Extend(at[(w + round) % 6], all[all.size() - 6 + w].tokens);
  }
  return all;
}

void ExpectSame(const std::vector<Generation>& a, const std::vector<Generation>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].tokens, b[i].tokens) << i;
    EXPECT_NEAR(a[i].log_prob, b[i].log_prob, kClose) << i;
    EXPECT_LT(Distance(a[i].state, b[i].state), kClose) << i;
  }
}

// [paths × width]
std::vector<float> Read(const LlamaModel& info, Encoder& encoder) {
  std::vector<EncodeRequest> requests;
  for (int w = 0; w < 6; ++w) {
    requests.push_back(
        {Extend(Root(w % 2), std::vector<Token>(2 + w, w)), static_cast<uint64_t>(w)});
  }
  std::vector<float> hidden(requests.size() * info.info().width);
  encoder.Encode(requests, hidden);
  return hidden;
}

std::vector<float> Read(const std::string& path, const std::string& device,
                        const std::string& adapter = "") {
  const auto model = LlamaModel::Load(path, device, adapter);
  return Read(*model, *MakeLlamaEncoder(model, On(device)));
}

class RpcDevice : public ::testing::Test {
 protected:
  static RpcServers& Servers() {
    static RpcServers servers(2);
    return servers;
  }
  RpcDevice() { WriteTestModel(path_, {}); }
  ~RpcDevice() override { unsetenv(kRpcVariable); }

  TempFolder folder_;
  std::string path_ = folder_.File("model.gguf");
};

TEST_F(RpcDevice, WritesWhatTheCpuWrites) {
  const std::vector<Generation> here = Walk(path_, On("cpu"));
  ExpectSame(here, Walk(path_, On(Servers().device(0))));
  // Several contexts on one device.
  ExpectSame(here, Walk(path_, On(Servers().device(0), 3)));
}

TEST_F(RpcDevice, TwoOfThemAtOnce) {
  const std::vector<Generation> here = Walk(path_, On("cpu"));
  const std::vector<float> read_here = Read(path_, "cpu");
  setenv(kRpcVariable, Servers().List().c_str(), 1);
  std::vector<Generation> there;
  std::vector<float> read_there;
  std::thread writer([&] { there = Walk(path_, On("cuda:0")); });
  for (int i = 0; i < 5; ++i) read_there = Read(path_, "cuda:1");
  writer.join();
  ExpectSame(here, there);
  EXPECT_LT(Distance(read_here, read_there), kClose);
}

TEST_F(RpcDevice, AnAdapterStandsBesideItsBase) {
  const std::string base = folder_.File("base.gguf"), adapter = folder_.File("adapter.gguf");
  model::WriteGguf(base, model::Decoder(model::SmallShape(), /*seed=*/4));
  const auto decoder = model::ReadGguf(base);
  decoder->AddLora({.rank = 6, .alpha = 15}, /*seed=*/1);
  {
    torch::NoGradGuard no_grad;
    for (const auto& [name, weight] : decoder->LoraWeights()) weight.normal_(0, 0.1);
  }
  model::WriteLoraAdapter(adapter, *decoder, base);
  const std::vector<float> here = Read(base, "cpu", adapter);
  EXPECT_GT(Distance(here, Read(base, "cpu")), 0.1) << "the adapter does nothing";
  EXPECT_LT(Distance(here, Read(base, Servers().device(1), adapter)), kClose);
}

TEST_F(RpcDevice, TakesTheMemoryThatThePlanSays) {
  const std::string device = Servers().device(0);
  MemoryPlanner planner(path_, device, /*present=*/true);
  const ContextPlan plan =
      PlanContexts(On(device), planner.info(), FreeBytesOf(device), ContextUse::kWrite);
  const ContextMemory planned = planner.Contexts(plan);
  const auto model = LlamaModel::Load(path_, device);
  const ContextMemory taken = LlamaKvBackend(model, BackendOptions(plan)).Memory();
  EXPECT_GT(planner.DeviceWeights(), 0);
  EXPECT_GT(planner.HostWeights(), 0);  // the token embedding
  EXPECT_EQ(planner.DeviceWeights(), taken.device.weights);
  EXPECT_EQ(planner.HostWeights(), taken.host.weights);
  EXPECT_EQ(planned.device.kv, taken.device.kv);
  EXPECT_EQ(planned.device.scratch, taken.device.scratch);
}

TEST_F(RpcDevice, IsListedAndNamed) {
  const Device named = ListRpcDevices(Servers().endpoint(0)).at(0);
  EXPECT_EQ(named.name, Servers().device(0));
  EXPECT_EQ(named.backend, "RPC");
  EXPECT_GT(named.free_bytes, 0);
  EXPECT_EQ(named.free_bytes, FreeBytesOf(named.name));
  EXPECT_THAT([&] { FindGpu(Servers().device(0) + ":1"); },
              ThrowsMessage<Error>(HasSubstr("the server shows 1 devices")));

  setenv(kRpcVariable, Servers().List().c_str(), 1);
  const std::vector<Device> devices = ListDevices();
  ASSERT_EQ(devices.size(), 3u);
  EXPECT_EQ(devices[1].name, "cuda:0");
  EXPECT_EQ(devices[2].name, "cuda:1");
  EXPECT_EQ(devices[2].description, Servers().endpoint(1));
  EXPECT_EQ(FindGpu("cuda:1"), FindGpu(Servers().device(1)));
  EXPECT_THAT([] { FindGpu("cuda:2"); },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr("PGTS_RPC_DEVICES names 2 devices"), Not(HasSubstr("\n")))));
}

}  // namespace
}  // namespace pgts::llm
