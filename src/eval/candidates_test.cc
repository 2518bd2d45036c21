// SPDX-License-Identifier: Apache-2.0
#include "eval/candidates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "search/methods.h"

namespace pgts::eval {
namespace {

using ::testing::ElementsAre;

TEST(CandidatesTest, AreKnobsThatTheirMethodsHave) {
  for (const search::Method& method : search::Methods()) {
    for (const Candidate& candidate : Candidates(method.name)) {
      const std::unique_ptr<search::MethodSetup> setup = method.setup();
      OptionSet options;
      setup->Declare("m", options);
      for (const std::string& knob : candidate.knobs) {
        EXPECT_NO_THROW(options.Set("m." + knob, "test")) << method.name;
      }
    }
  }
}

TEST(CandidatesTest, AreEnoughForEveryMethodThatIsSearched) {
  for (const search::Method& method : search::Methods()) {
    const std::vector<Candidate> candidates = Candidates(method.name);
    std::set<std::string> texts;
    for (const Candidate& candidate : candidates) texts.insert(candidate.Text());
    EXPECT_EQ(texts.size(), candidates.size()) << method.name;
    if (candidates.front().knobs.empty()) continue;  // nothing to set
    EXPECT_GE(candidates.size(), 6u) << method.name;
    EXPECT_LE(candidates.size(), 7u) << method.name;
  }
}

TEST(CandidatesTest, AreToldInWords) {
  EXPECT_EQ(Candidate{}.Text(), "");
  EXPECT_EQ((Candidate{.knobs = {"width=1", "expansion=2"}}.Text()), "width=1, expansion=2");
  EXPECT_EQ((Candidate{.bounded_nodes = true}.Text()), "max_nodes of the run");
}

TEST(BestOfTest, IsTheMostAccurateThenTheCheapestThenTheFirst) {
  const auto tried = [](const std::string& knob, double accuracy, double tokens) {
    return Tried{.candidate = {.knobs = {knob}}, .accuracy = accuracy, .tokens = tokens};
  };
  const Tried a = tried("a", 0.5, 90), b = tried("b", 0.6, 95), c = tried("c", 0.6, 80),
              d = tried("d", 0.6, 80);
  EXPECT_THAT(BestOf({a}).knobs, ElementsAre("a"));
  EXPECT_THAT(BestOf({a, b}).knobs, ElementsAre("b"));
  EXPECT_THAT(BestOf({a, b, c, d}).knobs, ElementsAre("c"));
}

}  // namespace
}  // namespace pgts::eval
