// SPDX-License-Identifier: Apache-2.0
#include "report/growing_chains.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "search/search_fixture.h"
#include "search/self_consistency.h"

namespace pgts::report {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

Co<void> RunThenTell(const search::Searcher& searcher, search::SearchContext context, bool* done) {
  co_await searcher.Run(std::move(context));
  *done = true;
}

// Two chains of two steps each, watched.
std::string Watched(View view) {
  search::SearchFixture fixture(world::TableScript(
      {{{1}, {"a\n"}}, {{2}, {"b\n"}}, {{1, 1}, {"#### 7\n"}}, {{2, 1}, {"#### 7\n"}}}));
  std::ostringstream out;
  GrowingChains shown(fixture.rounds, *fixture.world, out, view);
  const search::SelfConsistency searcher({.chains = 2});
  bool done = false;
  fixture.rounds.Spawn(RunThenTell(searcher, fixture.Context(), &done));
  fixture.rounds.Spawn(shown.Watch(done));
  fixture.rounds.Run();
  return out.str();
}

TEST(GrowingChainsTest, EachRoundIsDrawnInPlaceOfTheOneBefore) {
  const std::string text = Watched({.redraw = true, .options = {.width = 64}});
  const size_t first = text.find("writing · 2 steps · 4 tokens\n");
  const size_t second = text.find("writing · 4 steps · 18 tokens\n");
  ASSERT_NE(first, std::string::npos) << text;
  ASSERT_NE(second, std::string::npos) << text;
  EXPECT_THAT(text.substr(first, second - first),
              HasSubstr("\x1b[4A\r\x1b[J"));  // head, 2, outcome
  EXPECT_THAT(text.substr(first, second - first), HasSubstr("├ a"));
  EXPECT_TRUE(text.ends_with("\x1b[6A\r\x1b[J")) << text;  // the finished drawing has its place
}

TEST(GrowingChainsTest, ElsewhereNothingIsShown) {
  EXPECT_THAT(Watched({.redraw = false}), IsEmpty());
}

}  // namespace
}  // namespace pgts::report
