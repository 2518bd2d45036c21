// SPDX-License-Identifier: Apache-2.0
// The grader against testdata/hard_answers.jsonl: texts with the verdicts of a careful reader,
// written before the code was run on them. What he went by:
//
//   strict     the answer stands after the last "####" of the text's own part, on its line: one
//              number with markup, sign, currency, unit; no words before it, no calculation
//   flexible   what a reader takes for the final answer; where the text states none, its last
//              number, for want of better: not one of a name, unit, date, time or heading
//   exact      rounded is wrong; a percent sign, a currency and a unit do not change the number,
//              "thousand" and "million" do
//   no answer  two alternatives, a range, a ratio, a date, a clock time, a calculation that nobody
//              carried out, a number in words or a refusal behind the mark; thinking, and what
//              follows the answer and a new question, are not read
#include <gtest/gtest.h>

#include <string>

#include "base/jsonl.h"
#include "task/task.h"

namespace pgts::task {
namespace {

TEST(HardAnswersTest, TheGraderJudgesAsACarefulReader) {
  const auto task = MakeTask("word_problems");
  JsonlReader reader(PGTS_SOURCE_DIR "/src/task/testdata/hard_answers.jsonl");
  int cases = 0;
  while (const std::optional<Json> line = reader.Next()) {
    const auto field = [&](const char* name) { return line->at(name).get<std::string>(); };
    ++cases;
    const std::string text = field("text");
    const std::optional<std::string> gold =
        ExtractNumber("#### " + field("gold"), AnswerFilter::kStrict);
    ASSERT_TRUE(gold) << reader.line();
    const Problem problem{.gold = *gold};
    const auto verdict = [&](AnswerFilter filter) {
      switch (task->Grade(text, problem, filter)) {
        case Verdict::kRight: return "right";
        case Verdict::kWrong: return "wrong";
        case Verdict::kNoAnswer: return "no_answer";
      }
      return "?";
    };
    EXPECT_EQ(verdict(AnswerFilter::kStrict), field("strict"))
        << "line " << reader.line() << " strict: " << text << " (" << field("why") << ")";
    EXPECT_EQ(verdict(AnswerFilter::kFlexible), field("flexible"))
        << "line " << reader.line() << " flexible: " << text << " (" << field("why") << ")";
  }
  EXPECT_GE(cases, 550);
}

}  // namespace
}  // namespace pgts::task
