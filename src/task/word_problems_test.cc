// SPDX-License-Identifier: Apache-2.0
#include "task/word_problems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"
#include "task/word_problem_phrases.h"

namespace pgts::task {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<int> Numbers(const std::string& text) {
  std::vector<int> numbers;
  re2::StringPiece rest(text);
  for (int number; RE2::FindAndConsume(&rest, R"((\d+))", &number);) numbers.push_back(number);
  return numbers;
}

std::vector<Problem> Draw(Split split, int64_t count) {
  const WordProblems task;
  std::vector<Problem> problems;
  for (int64_t i = 0; i < std::min(count, task.Size(split)); ++i) {
    problems.push_back(task.Get(split, i));
  }
  return problems;
}

struct Step {
  int left, right, result;
  char sign;
};

Step ParseStep(const std::string& line) {
  static const RE2 pattern(R"((\d+)([-+*/])(\d+)=(\d+))");
  Step step{};
  std::string sign;
  EXPECT_TRUE(RE2::FullMatch(line, pattern, &step.left, &sign, &step.right, &step.result)) << line;
  step.sign = sign.empty() ? '?' : sign[0];
  return step;
}

void ExpectTrueArithmetic(const Step& step, const std::string& line) {
  switch (step.sign) {
    case '+': EXPECT_EQ(step.left + step.right, step.result) << line; break;
    case '-': EXPECT_EQ(step.left - step.right, step.result) << line; break;
    case '*': EXPECT_EQ(step.left * step.right, step.result) << line; break;
    // As a product: a quotient with a remainder fails.
    case '/': EXPECT_EQ(step.right * step.result, step.left) << line; break;
    default: ADD_FAILURE() << line;
  }
}

// The numbers that the words of a question stand for.
void AddSpelledFactors(const std::string& question, std::multiset<int>& numbers) {
  const std::map<std::string, int> kWords = {{"half", 2},  {"double", 2}, {"twice", 2},
                                             {"third", 3}, {"triple", 3}, {"quarter", 4},
                                             {"fifth", 5}};
  for (const auto& [word, factor] : kWords) {
    for (size_t at = question.find(word); at != std::string::npos;
         at = question.find(word, at + 1)) {
      numbers.insert(factor);
    }
  }
}

// Every operand is the quantity at the start, an earlier result, or a number of the question that
// was not used yet; the arithmetic is true; all values are in range; the last result is the answer;
// at most one number of the question is never used.
void ExpectSound(const Problem& problem) {
  SCOPED_TRACE(problem.id + ": " + problem.question + "\n" + problem.solution);
  std::vector<int> written = Numbers(problem.question);
  std::erase(written, 1);  // "1 of 3 equal parts"; no amount is 1
  std::set<int> known = {written.at(0)};
  std::multiset<int> unused(written.begin() + 1, written.end());
  AddSpelledFactors(problem.question, unused);
  std::vector<std::string> lines = Lines(problem.solution);
  ASSERT_GE(lines.size(), 6u);
  ASSERT_EQ(lines.back(), "#### " + problem.gold);
  lines.pop_back();
  bool ambiguous = false;  // an operand that may come from either place
  for (const std::string& line : lines) {
    const Step step = ParseStep(line);
    ExpectTrueArithmetic(step, line);
    EXPECT_GE(step.result, 1);
    EXPECT_LE(step.result, WordProblems::kMaxValue);
    for (int operand : {step.left, step.right}) {
      const bool is_unused = unused.contains(operand);
      ASSERT_TRUE(known.contains(operand) || is_unused) << operand << " in " << line;
      ambiguous = ambiguous || (known.contains(operand) && is_unused);
      if (is_unused) unused.erase(unused.find(operand));
    }
    known.insert(step.result);
  }
  EXPECT_EQ(problem.gold, std::to_string(ParseStep(lines.back()).result));
  EXPECT_TRUE(ambiguous || unused.size() <= 1);
}

TEST(WordProblemsTest, EveryReferenceSolutionIsSound) {
  for (Split split : kAllSplits) {
    for (const Problem& problem : Draw(split, 5000)) ExpectSound(problem);
  }
}

// Golden: a change here changes every trained model and stored world of this task.
TEST(WordProblemsTest, FirstTrainingProblemIsPinned) {
  const Problem problem = WordProblems().Get(Split::kTrain, 0);
  EXPECT_EQ(problem.id, "word_problems/train/0");
  EXPECT_EQ(problem.question,
            "Zoe has 68 coins. She gives 10 coins to each of 6 friends. She gets 20 from each of 5 "
            "friends, buys 14 coins and loses 3 packs of 3. She gets to twice as many. How many "
            "more to have 259 coins?");
  EXPECT_EQ(problem.solution,
            "10*6=60\n68-60=8\n20*5=100\n8+100=108\n108+14=122\n3*3=9\n122-9=113\n113*2=226\n"
            "259-226=33\n#### 33");
  EXPECT_EQ(problem.gold, "33");
}

TEST(WordProblemsTest, WordingInReverseIsSolvedInTheOrderOfEvents) {
  const Problem before = WordProblems().Get(Split::kTrain, 1);
  EXPECT_THAT(before.question,
              HasSubstr("Before she uses 4 a day for 7 days, she keeps one of 2 piles."));
  EXPECT_THAT(before.solution, HasSubstr("62/2=31\n4*7=28\n31-28=3\n"));
  // Held-out wording, read by hand: 5 more first, then a third of all is gone; tripled, then sold.
  const Problem but_before = WordProblems().Get(Split::kTemplates, 8);
  EXPECT_THAT(but_before.question,
              HasSubstr("She gives away a third, but before she gets 5 more. She sells 19 rocks to "
                        "Nina, but before she ends up with 3 times as many."));
  EXPECT_EQ(but_before.solution, "2*20=40\n40+5=45\n45/3=15\n45-15=30\n30*3=90\n90-19=71\n#### 71");
}

TEST(WordProblemsTest, ADistractorIsNotUsed) {
  int seen = 0;
  for (const Problem& problem : Draw(Split::kTrain, 2000)) {
    int day = 0;
    if (!RE2::PartialMatch(problem.question, R"(It is day (\d+)\.)", &day)) continue;
    const std::vector<int> written = Numbers(problem.question);
    // The same number may also come from elsewhere: given twice, spelled out, or a result.
    if (std::count(written.begin(), written.end(), day) > 1 || day <= 5) continue;
    if (problem.solution.find("=" + std::to_string(day)) != std::string::npos) continue;
    ++seen;
    EXPECT_FALSE(RE2::PartialMatch(problem.solution, "[-+*/]" + std::to_string(day) + "="))
        << problem.question << "\n"
        << problem.solution;
  }
  EXPECT_GE(seen, 20);
}

TEST(WordProblemsTest, DrawsAreAFunctionOfSplitAndIndex) {
  const WordProblems first, second;
  const Problem late = first.Get(Split::kTrain, int64_t{1} << 40);
  EXPECT_EQ(second.Get(Split::kTest, 7).question, first.Get(Split::kTest, 7).question);
  EXPECT_EQ(second.Get(Split::kTrain, int64_t{1} << 40).question, late.question);
  EXPECT_EQ(late.index, int64_t{1} << 40);
}

TEST(WordProblemsTest, SplitsShareNoQuestionAndHeldOutSplitsRepeatNone) {
  std::map<std::string, Split> owner;
  for (Split split : kAllSplits) {
    int repeated = 0;
    for (const Problem& problem : Draw(split, 5000)) {
      const auto [at, inserted] = owner.emplace(problem.question, split);
      EXPECT_EQ(at->second, split) << problem.question;
      EXPECT_EQ(WordProblems::OwnerOf(problem.question), split) << problem.question;
      repeated += !inserted;
    }
    EXPECT_LE(repeated, split == Split::kTrain ? 5 : 0) << SplitName(split);
  }
}

TEST(WordProblemsTest, OperationsAreUniformFromFiveToNine) {
  std::map<size_t, int> counts;
  const auto problems = Draw(Split::kTrain, 5000);
  for (const Problem& problem : problems) ++counts[Lines(problem.solution).size() - 1];
  ASSERT_EQ(counts.size(), 5u);
  EXPECT_EQ(counts.begin()->first, 5u);
  EXPECT_EQ(counts.rbegin()->first, 9u);
  for (const auto& [operations, count] : counts) EXPECT_NEAR(count, 1000, 120) << operations;
}

// Everything downstream costs by the byte.
TEST(WordProblemsTest, QuestionsAndStepsAreShortPrintableAscii) {
  double question_bytes = 0, solution_bytes = 0, lines = 0;
  const auto problems = Draw(Split::kTrain, 5000);
  for (const Problem& problem : problems) {
    question_bytes += problem.question.size();
    solution_bytes += problem.solution.size();
    lines += Lines(problem.solution).size();
    EXPECT_LE(problem.question.size(), 350u);
    EXPECT_TRUE(std::all_of(problem.question.begin(), problem.question.end(), [](char c) {
      return c >= ' ' && c <= '~';
    })) << problem.question;
    EXPECT_EQ(problem.question.find_first_of("{}"), std::string::npos) << problem.question;
  }
  EXPECT_LT(question_bytes / problems.size(), 180);
  EXPECT_GT(question_bytes / problems.size(), 150);
  EXPECT_LT(solution_bytes / lines, 9);
}

// The literal text of a phrase, as a pattern: every slot is one or two words; things end in "s".
std::string Pattern(std::string text) {
  text = RE2::QuoteMeta(text);
  RE2::GlobalReplace(&text, R"(\\\{(of|of_them)\\\})", "(?: of)?(?: the)?(?: [a-z]+s)?");
  RE2::GlobalReplace(&text, R"(\\\{(a|b|c)\\\})", ".+");
  RE2::GlobalReplace(&text, R"(\\\{[a-z_]+\\\})", "(?:the )?[A-Za-z0-9]+");
  return text;
}

TEST(WordProblemsTest, TheTemplatesSplitUsesOnlyHeldOutWordingOfEvents) {
  const auto held_out = Draw(Split::kTemplates, 200);
  for (const Phrase& phrase : Phrases()) {
    if (phrase.held_out || phrase.op < Op::kAdd || phrase.op > Op::kLosePart) continue;
    // Anchored at both ends: "finds 9" is in "finds 9 more", which is another phrase.
    const RE2 pattern("(?:^|[ ,])" + Pattern(phrase.text) + "(?:[.,]| and )");
    for (const Problem& problem : held_out) {
      re2::StringPiece hit;
      EXPECT_FALSE(RE2::PartialMatch(problem.question, "(" + pattern.pattern() + ")", &hit))
          << phrase.text << " in: " << problem.question;
    }
  }
}

TEST(WordProblemsTest, OtherSplitsNeverUseHeldOutWording) {
  const auto train = Draw(Split::kTrain, 2000);
  const auto templates = Draw(Split::kTemplates, 1000);
  for (const Frame& frame : Frames()) {
    if (!frame.held_out) continue;
    const RE2 pattern("(?i)(?:^|\\. )" + Pattern(frame.text));
    const auto uses = [&](const Problem& p) { return RE2::PartialMatch(p.question, pattern); };
    // ".+" of a longer frame may run over the end of its sentence.
    if (frame.clauses == 1) {
      EXPECT_EQ(std::count_if(train.begin(), train.end(), uses), 0) << frame.text;
    }
    EXPECT_GT(std::count_if(templates.begin(), templates.end(), uses), 0) << frame.text;
  }
}

TEST(WordProblemsTest, AnIndexOutsideTheSplitIsAnError) {
  const WordProblems task;
  EXPECT_EQ(task.Size(Split::kTemplates), WordProblems::kHeldOutSize);
  EXPECT_THROW(task.Get(Split::kTest, WordProblems::kHeldOutSize), Error);
  EXPECT_THROW(task.Get(Split::kTrain, -1), Error);
}

TEST(WordProblemsTest, ThePromptIsTheQuestionAlone) {
  const WordProblems task;
  const Problem problem = task.Get(Split::kTest, 3);
  EXPECT_EQ(PlainText(task.Prompt(problem)), problem.question + "\n");
}

}  // namespace
}  // namespace pgts::task
