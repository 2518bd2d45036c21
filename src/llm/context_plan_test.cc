// SPDX-License-Identifier: Apache-2.0
#include "llm/context_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace pgts::llm {
namespace {

constexpr int64_t kGpuBytes = int64_t{8} << 30;  // free

TEST(PlanContexts, ScarceCellsGoToFewContextsThatHoldAContextEach) {
  const ModelInfo small{.context_train = 512, .parameters = 2'000'000};
  const EngineOptions options{.threads = 2, .width = 32, .context = 512, .cells = 1280};
  const ContextPlan plan = PlanContexts(options, small, 0, ContextUse::kRead);
  EXPECT_EQ(plan.pool_size, 2);
  EXPECT_EQ(plan.batcher.context, 512);
  EXPECT_EQ(plan.cells, 768);  // in steps of 256
}

TEST(PlanContexts, SmallModelsGetManyContextsAndLargeOnesFew) {
  const EngineOptions options{.threads = 2, .width = 32, .context = 512};
  const ContextPlan small =
      PlanContexts(options, {.context_train = 512, .parameters = 2'000'000}, 0, ContextUse::kRead);
  EXPECT_EQ(small.pool_size, 8);
  EXPECT_EQ(small.workers, 2);
  EXPECT_EQ(small.batcher.threads, 1);
  EXPECT_EQ(small.threads, 1);
  EXPECT_EQ(small.batcher.width, 4);
  EXPECT_EQ(small.cells, 4 * 512);
  EXPECT_EQ(small.batch_tokens, 64);
  const ModelInfo large{.context_train = 512, .parameters = 8'000'000'000};
  EXPECT_EQ(PlanContexts(options, large, 0, ContextUse::kRead).pool_size, 2);
  EXPECT_EQ(PlanContexts(options, large, 0, ContextUse::kRead).threads, 2);
  EXPECT_EQ(PlanContexts({.threads = 2, .width = 16, .context = 512}, large, 0, ContextUse::kRead)
                .pool_size,
            1);
  EXPECT_EQ(PlanContexts(options, large, kGpuBytes, ContextUse::kRead).pool_size, 1);
  EXPECT_EQ(PlanContexts({.threads = 8, .width = 2, .context = 512}, large, 0, ContextUse::kRead)
                .batcher.threads,
            8);
}

TEST(PlanContexts, ModelsOfSomeSizeGetStreamsWhereTheyFit) {
  const EngineOptions options{.threads = 2, .width = 32, .context = 512};
  ModelInfo large{.context_train = 512, .parameters = 135'000'000, .kv_bytes_per_token = 23'040};
  const ContextPlan plan = PlanContexts(options, large, 0, ContextUse::kWrite);
  EXPECT_TRUE(plan.streams);
  EXPECT_EQ(plan.batcher.context, 512);
  EXPECT_EQ(plan.cells, plan.batcher.sequences * 768);  // one cell more than the context, rounded
  EXPECT_TRUE(plan.flash_attention);
  const ContextPlan reads = PlanContexts(options, large, 0, ContextUse::kRead);
  EXPECT_TRUE(reads.streams);
  EXPECT_FALSE(reads.flash_attention);
  EXPECT_FALSE(PlanContexts(options, large, kGpuBytes, ContextUse::kWrite).streams);

  EngineOptions few = options;
  few.cells = 32 * 512 - 1;
  EXPECT_FALSE(PlanContexts(few, large, 0, ContextUse::kWrite).streams);
  few.layout = KvLayout::kStreams;
  EXPECT_THROW(PlanContexts(few, large, 0, ContextUse::kWrite), Error);
  few.layout = KvLayout::kUnified;
  few.cells = 0;
  EXPECT_FALSE(PlanContexts(few, large, 0, ContextUse::kWrite).streams);

  few.context = 8192;
  large.context_train = 8192;
  const ContextPlan wide = PlanContexts(few, large, 0, ContextUse::kWrite);
  EXPECT_EQ(wide.streams_would_fit, 0);  // nobody asked for them
  few.layout = KvLayout::kAuto;
  const int fits = PlanContexts(few, large, 0, ContextUse::kWrite).streams_would_fit;
  EXPECT_GT(fits, 0);
  few.context = fits;
  EXPECT_TRUE(PlanContexts(few, large, 0, ContextUse::kWrite).streams);

  large.parameters = 2'000'000;
  EXPECT_FALSE(PlanContexts(options, large, 0, ContextUse::kWrite).streams);
}

TEST(PlanContexts, AGpuGivesHalfOfItsFreeMemory) {
  const ModelInfo model{
      .context_train = 40'960, .parameters = 8'000'000'000, .kv_bytes_per_token = 147'456};
  const EngineOptions options{.width = 32, .context = 4096};
  const auto cells = [&](double gib) {
    const auto bytes = static_cast<int64_t>(gib * (int64_t{1} << 30));
    return PlanContexts(options, model, bytes, ContextUse::kRead).cells;
  };
  EXPECT_EQ(cells(8.0), (int64_t{4} << 30) / model.kv_bytes_per_token / 256 * 256 + 256);
  EXPECT_EQ(cells(8.7), cells(8.0));  // whole GiB: what else runs there may vary a little
  EXPECT_GE(cells(0.5), 4096);        // never less than a sequence needs
  EXPECT_EQ(cells(80), 32 * 4096);    // nor more than there is use for
}

TEST(PlanContexts, TheContextIsWhatTheModelAndTheMemoryAllow) {
  const ModelInfo model{.context_train = 512, .parameters = 1};
  EXPECT_EQ(
      PlanContexts({.width = 1, .context = 4096}, model, 0, ContextUse::kRead).batcher.context,
      512);
  EXPECT_EQ(PlanContexts({.width = 1, .context = 400, .cells = 256}, model, 0, ContextUse::kRead)
                .batcher.context,
            256);
}

}  // namespace
}  // namespace pgts::llm
