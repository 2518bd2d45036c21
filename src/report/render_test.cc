// SPDX-License-Identifier: Apache-2.0
#include "report/render.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "base/table.h"
#include "report/growing_tree.h"
#include "report/step_text.h"
#include "report/tree_drawing.h"
#include "search/best_of_n.h"
#include "search/heuristic_policy.h"
#include "search/search_fixture.h"
#include "search/self_consistency.h"
#include "search/uniform_policy.h"

namespace pgts::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(OneLineTest, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(OneLine("14+9=23\n"), "14+9=23");
  EXPECT_EQ(OneLine("\n\na\r\n"), "\\n\\na");
  EXPECT_EQ(OneLine("a\tb\x1b[31mc\x7f"), "a\\tb\\x1b[31mc\\x7f");
  EXPECT_EQ(OneLine(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(OneLine("\xff"
                    "a\xe2\x82"),
            "\\xffa\\xe2\\x82");  // invalid and cut off
  EXPECT_EQ(OneLine("5 € 東 é"), "5 € 東 é");
  EXPECT_EQ(OneLine("a\u202eb\u0085c\u2028"), "a\\u{202e}b\\u{85}c\\u{2028}");
}

TEST(CutToTest, CutsByColumnsNotBytes) {
  EXPECT_EQ(CutTo("abcdef", 6), "abcdef");
  EXPECT_EQ(CutTo("abcdefg", 6), "abcde…");
  EXPECT_EQ(CutTo("東京都市", 8), "東京都市");
  EXPECT_EQ(CutTo("東京都市", 7), "東京都…");
  EXPECT_EQ(CutTo("東京都市", 6), "東京…");  // half of a wide character has no place
  EXPECT_EQ(CutTo("abc", 1), "…");
  EXPECT_EQ(CutTo("abc", 0), "");
  EXPECT_EQ(PadTo("é", 3), "é  ");
}

// A line of a drawing of 64 columns.
std::string Row(const std::string& left, const std::string& numbers) {
  return PadTo(left, 64 - 12) + numbers + "\n";
}

// Keeps the tree and the answer of a finished search.
class Keeper : public tree::SearchObserver {
 public:
  void Before(const tree::Tree&, const tree::Decision&) override {}
  void After(const tree::Tree&) override {}
  void Ended(const tree::Tree& seen, const std::optional<tree::Answer>& its_answer) override {
    tree = seen;
    answer = its_answer;
  }
  std::optional<tree::Tree> tree;
  std::optional<tree::Answer> answer;
};

TEST(RenderTest, DrawsATreeWithThePathToItsAnswer) {
  search::SearchFixture fixture(search::MisleadingFirstSteps());
  search::HeuristicPolicy policy(search::HeuristicRule{});
  Keeper keeper;
  fixture.RunPolicy(policy, {}, &keeper);
  ASSERT_TRUE(keeper.tree.has_value());
  EXPECT_EQ(RenderTree(*keeper.tree, *fixture.world, keeper.answer, {.width = 64}),
            Row("", "score tokens") + Row("  ├ w", " 0.10      2") + Row("▸ └ r", " 0.90      2") +
                Row("    ├ x", " 0.20      2") + Row("▸   └ #### 3 ← answer 3", " 0.95      7") +
                "answer 3 · 5 decisions · 4 steps · 13 tokens · end: terminated\n");
}

TEST(RenderTest, SaysWhatIsWrongWithAStep) {
  search::SearchFixture fixture(world::TableScript({{{1}, {"same\n", 0.1F}},
                                                    {{2}, {"same\n", 0.1F}},
                                                    {{3}, {"cut", 0.9F, llm::StepEnd::kMaxTokens}},
                                                    {{3, 1},
                                                     {"\x1b"
                                                      "c",
                                                      0, llm::StepEnd::kEndOfText}},
                                                    {{3, 2}, {"#### 4\n", 0.2F}},
                                                    {{3, 3}, {"#### 5\n", 0.6F}}}));
  search::HeuristicPolicy policy(search::HeuristicRule{});
  Keeper keeper;
  fixture.RunPolicy(policy, {}, &keeper);
  ASSERT_TRUE(keeper.tree.has_value());
  EXPECT_EQ(
      RenderTree(*keeper.tree, *fixture.world, keeper.answer, {.width = 64}),
      Row("", "score tokens") + Row("  ├ same", " 0.10      5") +
          Row("  ├ same ≡ duplicate", " 0.10      5") + Row("▸ └ cut … cut off", " 0.90      3") +
          Row("    ├ \\x1bc ✗ dead", " 0.00      3") + Row("    ├ #### 4 = 4", " 0.20      7") +
          Row("▸   └ #### 5 ← answer 5", " 0.60      7") +
          "answer 5 · 7 decisions · 6 steps · 30 tokens · end: terminated\n");
}

TEST(RenderTest, DrawsChainsAsOneTree) {
  search::SearchFixture fixture(search::FourChains());
  const search::SearchResult result = fixture.Run(search::BestOfN({.chains = 4, .weighted = true}));
  EXPECT_EQ(RenderChains(result, *fixture.world, {.width = 64}),
            Row("", "score tokens") + Row("  ├ a", "           2") +
                Row("  │ └ #### 5 = 5", " 0.80      7") + Row("▸ ├ b", "           2") +
                Row("▸ │ └ #### 7 ← answer 7", " 0.60      7") + Row("  ├ c", "           2") +
                Row("  │ └ #### 7 = 7", " 0.30      7") + Row("  └ d ✗ dead", "           2") +
                "answer 7 from 2 of 4 chains · 29 tokens\n");
}

TEST(RenderTest, UnscoredChainsShowNoScores) {
  search::SearchFixture fixture(search::FourChains());
  const std::string text = RenderChains(fixture.Run(search::SelfConsistency({.chains = 4})),
                                        *fixture.world, {.width = 64});
  EXPECT_THAT(text, Not(HasSubstr("score")));
  EXPECT_THAT(text, Not(HasSubstr("0.")));
  EXPECT_THAT(text, HasSubstr("▸ │ └ #### 7 ← answer 7"));
}

TEST(RenderTest, ChainsWithoutAnAnswerSaySo) {
  search::SearchFixture fixture(world::TableScript({{{1}, {"d", 0.9F, llm::StepEnd::kEndOfText}}}));
  const std::string text = RenderChains(fixture.Run(search::SelfConsistency({.chains = 1})),
                                        *fixture.world, {.width = 64});
  EXPECT_THAT(text, HasSubstr("no answer from 1 chain · 2 tokens\n"));
  EXPECT_THAT(text, Not(HasSubstr("▸")));
}

TEST(RenderTest, ChainsThatShareStepsShareTheirLines) {
  search::SearchFixture fixture(search::MisleadingFirstSteps());
  search::HeuristicPolicy policy(search::HeuristicRule{});
  fixture.RunPolicy(policy);  // grows 1, 2, 2.1 and 2.2
  search::SearchResult result;
  result.chains = {{.last_step = 3}, {.answer = "3", .last_step = 4}};
  result.charges.tokens = 11;
  EXPECT_EQ(RenderChains(result, *fixture.world, {.width = 64}),
            Row("", "      tokens") + Row("  └ r", "           2") +
                Row("    ├ x", "           2") + Row("    └ #### 3 = 3", "           7") +
                "no answer from 2 chains · 11 tokens\n");
}

TEST(TreeDrawingTest, TextGivesWayBeforeTheNoteAndTheNoteBeforeTheNumbers) {
  const DrawnLine line{.mark = "*", .text = "abcdefghij", .note = "note", .numbers = "42"};
  const auto draw = [&line](int width) { return TreeDrawing::Line(line, "├ ", width); };
  EXPECT_EQ(draw(24), "* ├ abcdefghij note   42");
  EXPECT_EQ(draw(22), "* ├ abcdefghij note 42");
  EXPECT_EQ(draw(21), "* ├ abcdefgh… note 42");
  EXPECT_EQ(draw(16), "* ├ abc… note 42");
  EXPECT_EQ(draw(15), "* ├ note     42");  // too little room for a text
  EXPECT_EQ(draw(10), "* ├ no… 42");
}

TEST(TreeDrawingTest, DeepBranchesKeepTheirEnd) {
  EXPECT_EQ(TreeDrawing::Line({.text = "text"}, "│ │ │ └ ", 24), "  │ │ │ └ text");
  EXPECT_EQ(TreeDrawing::Line({.text = "text"}, "│ │ │ └ ", 21), "  ⋯│ │ └ text");
}

// Steps of wide characters, some of them long, and paths deeper than the width has room for.
world::Script WideAndDeep() {
  return {.step = [](const world::StepAddress& place) -> std::optional<world::RawStep> {
            const int size = static_cast<int>(Key("wide").With(place.path).Uniform(0) * 60);
            std::string text = "東";
            for (int i = 0; i < size; ++i) text += i % 3 == 0 ? "京" : "x";
            if (place.path.size() == 25) return world::ScriptedStep("#### 123456789012\n");
            return world::ScriptedStep(text + "\n");
          },
          .score = [](const world::StepAddress&) { return 0.5F; }};
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(RenderTest, NoLineIsWiderThanTheTerminal) {
  search::HeuristicPolicy policy(
      search::HeuristicRule{.terminate_above = 2});  // goes on below the first answer
  for (int width : {40, 57, 80}) {
    search::SearchFixture fixture(WideAndDeep());
    fixture.limits = {.max_depth = 40, .max_nodes = 150, .max_width = 2};
    Keeper keeper;
    fixture.RunPolicy(policy, {}, &keeper);
    ASSERT_EQ(keeper.tree->MaxDepthReached(), 25);
    const std::string text =
        RenderTree(*keeper.tree, *fixture.world, keeper.answer, {.width = width});
    int full = 0;
    for (const std::string& line : Lines(text)) {
      EXPECT_LE(DisplayWidth(line), width) << line;
      full += DisplayWidth(line) == width ? 1 : 0;
    }
    EXPECT_GE(full, 150);  // the numbers stand at the right edge
  }
}

TEST(RenderTest, OneLineForEachDecision) {
  search::SearchFixture fixture(search::MisleadingFirstSteps());
  search::HeuristicPolicy policy(search::HeuristicRule{});
  std::ostringstream out;
  GrowingTree observer(*fixture.world, out, {.options = {.width = 64}});
  fixture.RunPolicy(policy, {}, &observer);
  const std::vector<std::string> lines = Lines(out.str());
  ASSERT_EQ(lines.size(), 5u + 6u);  // the decisions, then the whole tree
  const auto row = [](const std::string& left, const std::string& numbers) {
    return PadTo(left, 64 - 12) + numbers;
  };
  EXPECT_EQ(lines[0], row("   1 expand      w", " 0.10      2"));
  EXPECT_EQ(lines[2], row("   3 expand      · x", " 0.20      2"));
  EXPECT_EQ(lines[3], row("   4 branch      · #### 3 = 3", " 0.95      7"));
  EXPECT_EQ(lines[4], "   5 terminate   the search ends");
  EXPECT_EQ(lines[9], row("▸   └ #### 3 ← answer 3", " 0.95      7"));
}

TEST(RenderTest, OnATerminalEachDrawingReplacesTheOneBefore) {
  search::SearchFixture fixture(search::MisleadingFirstSteps());
  search::HeuristicPolicy policy(search::HeuristicRule{});
  std::ostringstream out;
  GrowingTree observer(*fixture.world, out, {.redraw = true, .options = {.width = 64}});
  fixture.RunPolicy(policy, {}, &observer);
  const std::string text = out.str();
  // Drawings have a head, the steps and the outcome: 3, 4, 5, then 6 lines.
  std::string erased;
  for (size_t at = 0; (at = text.find("A\r\x1b[J", at)) != std::string::npos; ++at) {
    erased += text[at - 1];
  }
  EXPECT_EQ(erased, "3456");
  EXPECT_THAT(text, HasSubstr("● └ w"));
  EXPECT_THAT(text, HasSubstr("searching · 4 decisions · 4 steps · 13 tokens"));
  const std::string last = text.substr(text.rfind("\x1b[J") + 3);
  EXPECT_THAT(last, Not(HasSubstr("●")));
}

TEST(RenderTest, ATallTreeShowsWhatIsAroundTheCurrentNode) {
  search::SearchFixture fixture(search::EndlessWorld());
  fixture.limits = {.max_depth = 8, .max_nodes = 60, .max_width = 4};
  search::UniformPolicy policy;
  std::ostringstream out;
  tree::TrajectoryRecorder recorder(/*with_features=*/false);
  fixture.RunPolicy(policy, {}, &recorder);
  GrowingTree observer(*fixture.world, out, {.redraw = true, .height = 10});
  fixture.RunPolicy(policy, {}, &observer);  // the same search once more
  const std::vector<tree::TrajectoryStep>& steps = recorder.trajectory().steps;
  ASSERT_GT(steps.size(), 40u);
  const std::string text = out.str();
  size_t begin = 0;
  for (size_t i = 0; i + 1 < steps.size(); ++i) {  // the last is drawn whole
    const size_t end = text.find("\x1b[", begin);
    const std::string drawing = text.substr(begin, end - begin);
    const size_t count = Lines(drawing).size();
    EXPECT_LE(count, 9u);
    EXPECT_EQ(text.substr(end, 5), fmt::format("\x1b[{}A\r", count));  // erases what it drew
    // The root has no line; everywhere else the current node is in view.
    EXPECT_EQ(drawing.find("●") != std::string::npos, steps[i].to != tree::kRoot) << drawing;
    begin = text.find("\x1b[J", end) + 3;
  }
}

}  // namespace
}  // namespace pgts::report
