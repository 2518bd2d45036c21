// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "llm/llama_context_pool.h"
#include "llm/llama_devices.h"

namespace pgts::llm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ThrowsMessage;

const std::string kTiny = PGTS_SOURCE_DIR "/models/tiny.gguf";

// The real contexts of such a plan, after an evaluation of `most` rows of each sequence, or of as
// many as they take.
ContextMemory Allocated(const std::shared_ptr<const LlamaModel>& model, const ContextPlan& plan,
                        int most) {
  std::vector<std::unique_ptr<LlamaKvBackend>> contexts;
  ContextMemory all;
  for (int i = 0; i < plan.pool_size; ++i) {
    LlamaKvBackend& context =
        *contexts.emplace_back(std::make_unique<LlamaKvBackend>(model, BackendOptions(plan)));
    std::vector<Row> rows;
    const int share = std::clamp(context.batch_tokens() / plan.batcher.sequences, 1, most);
    for (int row = 0; row < share * plan.batcher.sequences; ++row) {
      rows.push_back({.token = 1,
                      .position = row % share,
                      .sequence = row / share,
                      .logits = row % share + 1 == share});
    }
    EXPECT_EQ(context.Evaluate(rows), EvaluateStatus::kDone);
    const ContextMemory one = context.Memory();
    all.device.weights = one.device.weights;
    all.device.kv += one.device.kv;
    all.device.scratch += one.device.scratch;
    all.host.scratch += one.host.scratch;
  }
  return all;
}

void ExpectClose(int64_t planned, int64_t allocated, const std::string& what) {
  EXPECT_NEAR(static_cast<double>(planned), static_cast<double>(allocated),
              0.1 * static_cast<double>(allocated))
      << what;
}

void ExpectPlanHolds(const std::string& path, const EngineOptions& options, ContextUse use,
                     int rows = 512) {
  MemoryPlanner planner(path, "cpu", /*present=*/true);
  const auto model = LlamaModel::Load(path);
  const ContextPlan plan = PlanContexts(options, planner.info(), 0, use);
  const ContextMemory planned = planner.Contexts(plan);
  const ContextMemory allocated = Allocated(model, plan, rows);
  ExpectClose(planner.DeviceWeights(), allocated.device.weights, path + ": weights");
  EXPECT_EQ(planned.device.kv, allocated.device.kv) << path;
  ExpectClose(planned.device.scratch, allocated.device.scratch, path + ": scratch");
  EXPECT_EQ(planned.host.scratch, allocated.host.scratch) << path;
}

TEST(MemoryPlannerTest, TheEmbeddedModelTakesWhatThePlanSays) {
  ExpectPlanHolds(kTiny, {.threads = 2, .width = 16, .context = 512}, ContextUse::kWrite);
  ExpectPlanHolds(kTiny, {.threads = 2, .width = 4, .context = 512, .layout = KvLayout::kStreams},
                  ContextUse::kWrite);
  ExpectPlanHolds(kTiny, {.threads = 2, .width = 8, .context = 512}, ContextUse::kRead);
}

TEST(MemoryPlannerTest, RealModelsTakeWhatThePlanSays) {
  const char* folder = std::getenv("PGTS_MODELS");
  if (folder == nullptr) GTEST_SKIP() << "PGTS_MODELS is not set";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".gguf") continue;
    for (const ContextUse use : {ContextUse::kWrite, ContextUse::kRead}) {
      ExpectPlanHolds(entry.path().string(), {.threads = 2, .width = 8, .context = 512}, use,
                      /*rows=*/1);
    }
  }
}

TEST(MemoryPlannerTest, AHeaderIsNoModelToEvaluate) {
  const auto header = LlamaModel::LoadHeader(kTiny);
  EXPECT_EQ(header->info().parameters, LlamaModel::Load(kTiny)->info().parameters);
  EXPECT_THAT(header->info().file_hash, IsEmpty());
}

TEST(MemoryPlannerTest, AGpuElsewhereLeavesTheEmbeddingOnTheHost) {
  MemoryPlanner cpu(kTiny, "cpu", /*present=*/true), gpu(kTiny, "cuda:1", /*present=*/false);
  EXPECT_EQ(cpu.HostWeights(), 0);
  EXPECT_GT(gpu.HostWeights(), 0);
  EXPECT_EQ(gpu.DeviceWeights(), cpu.DeviceWeights());  // a tied one stands in both memories
  EXPECT_TRUE(gpu.on_gpu());
}

TEST(DevicesTest, TheCpuComesFirstAndAMissingGpuSaysWhy) {
  unsetenv(kRpcVariable);
  const std::vector<Device> devices = ListDevices();
  EXPECT_EQ(devices.front().name, "cpu");
  EXPECT_GT(devices.front().total_bytes, 0);
  EXPECT_EQ(DeviceFaults().empty(), devices.size() > 1);
  EXPECT_THAT(
      [&] { FindGpu("cuda:99"); },
      ThrowsMessage<Error>(AllOf(HasSubstr("'cuda:99' is not there"), Not(HasSubstr("\n")))));
  EXPECT_THAT([] { FindGpu("gpu"); }, ThrowsMessage<Error>(HasSubstr("cuda:N")));
}

}  // namespace
}  // namespace pgts::llm
