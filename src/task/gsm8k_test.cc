// SPDX-License-Identifier: Apache-2.0
#include "task/gsm8k.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "base/error.h"
#include "base/jsonl.h"

namespace pgts::task {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

class Gsm8kFilesTest : public ::testing::Test {
 protected:
  Gsm8kFilesTest() { std::filesystem::create_directories(data_ / "gsm8k"); }
  ~Gsm8kFilesTest() override { std::filesystem::remove_all(data_); }

  void Write(const std::string& name, int problems, const std::string& last_line = "") {
    std::ofstream file(data_ / "gsm8k" / name, std::ios::binary);
    for (int i = 0; i < problems; ++i) {
      file << R"({"question": "What is )" << i << R"(+1?", "answer": "It is )" << i << "+1=<<" << i
           << "+1=" << i + 1 << ">>" << i + 1 << R"(.\n#### )" << i + 1 << "\"}\n";
    }
    file << last_line;
  }

  const std::filesystem::path data_ =
      std::filesystem::path(::testing::TempDir()) / ("gsm8k_" + std::to_string(::getpid()));
};

TEST_F(Gsm8kFilesTest, ValidationIsTheEndOfTrain) {
  Write("train.jsonl", 520);
  Write("test.jsonl", 3);
  const auto task = MakeTask("gsm8k", {.data_dir = data_.string()});
  EXPECT_EQ(task->Size(Split::kTrain), 20);
  EXPECT_EQ(task->Size(Split::kValidation), 500);
  EXPECT_EQ(task->Size(Split::kTest), 3);
  EXPECT_EQ(task->Size(Split::kTemplates), 0);
  EXPECT_EQ(task->Get(Split::kTrain, 19).question, "What is 19+1?");
  const Problem first = task->Get(Split::kValidation, 0);
  EXPECT_EQ(first.question, "What is 20+1?");
  EXPECT_EQ(first.id, "gsm8k/validation/0");
  EXPECT_EQ(first.index, 0);
  EXPECT_EQ(first.gold, "21");
  EXPECT_EQ(first.solution, "It is 20+1=21.\n#### 21");
  EXPECT_THROW(task->Get(Split::kTest, 3), Error);
  EXPECT_THROW(task->Get(Split::kTemplates, 0), Error);
}

TEST_F(Gsm8kFilesTest, BrokenLinesNameFileAndLine) {
  const auto load = [&] { Gsm8k task(data_.string()); };
  Write("test.jsonl", 3);
  Write("train.jsonl", 520, R"({"question": "Cut o)");
  EXPECT_THAT(load, ThrowsMessage<Error>(HasSubstr("train.jsonl:521: not valid JSON")));
  Write("train.jsonl", 2, R"({"question": "Q", "answer": "no mark"})");
  EXPECT_THAT(load, ThrowsMessage<Error>(HasSubstr("train.jsonl:3: the answer has no \"####")));
  Write("train.jsonl", 2, R"({"question": "Q"})");
  EXPECT_THAT(load, ThrowsMessage<Error>(HasSubstr("train.jsonl:3: no field \"answer\"")));
  Write("train.jsonl", 10);
  EXPECT_THAT(load, ThrowsMessage<Error>(HasSubstr("holds 10 problems; more than 500")));
  Write("train.jsonl", 0);
  EXPECT_THAT(load, ThrowsMessage<Error>(HasSubstr("train.jsonl holds no problems")));
}

TEST(Gsm8kTest, MissingDataNamesThePathAndTheCure) {
  EXPECT_THAT([] { MakeTask("gsm8k"); }, ThrowsMessage<Error>(HasSubstr("PGTS_DATA")));
  EXPECT_THAT([] { MakeTask("gsm8k", {.data_dir = "/no/such"}); },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr("/no/such/gsm8k/train.jsonl"), HasSubstr("--data DIR"))));
}

TEST(Gsm8kTest, CalculatorNotesAreRemoved) {
  EXPECT_EQ(RemoveCalculatorNotes("48/2 = <<48/2=24>>24 <<1>>x"), "48/2 = 24 x");
  EXPECT_EQ(RemoveCalculatorNotes("a << b"), "a << b");
  EXPECT_EQ(RemoveCalculatorNotes(""), "");
}

// The path of PGTS_DATA; empty: not set, the caller skips.
std::string DataDir() {
  const char* data = std::getenv("PGTS_DATA");
  return data ? data : "";
}

TEST(Gsm8kDataTest, RealFilesReadAndGradeTheirOwnSolutions) {
  if (DataDir().empty()) GTEST_SKIP() << "PGTS_DATA is not set";
  const Gsm8k task(DataDir());
  EXPECT_EQ(task.Size(Split::kTrain), 6973);
  EXPECT_EQ(task.Size(Split::kTest), 1319);
  EXPECT_EQ(task.Get(Split::kTrain, 0).gold, "72");
  for (Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    for (int64_t i = 0; i < task.Size(split); ++i) {
      const Problem problem = task.Get(split, i);
      ASSERT_EQ(task.Grade(problem.solution, problem, AnswerFilter::kStrict), Verdict::kRight);
      ASSERT_THAT(problem.solution, Not(HasSubstr("<<"))) << problem.id;
    }
  }
}

// Model solutions with the verdicts of the data set's authors.
TEST(Gsm8kDataTest, AgreesWithPublishedVerdicts) {
  if (DataDir().empty()) GTEST_SKIP() << "PGTS_DATA is not set";
  const Gsm8k task(DataDir());
  JsonlReader reader(DataDir() + "/gsm8k/example_model_solutions.jsonl");
  int total = 0, disagreed = 0;
  while (const std::optional<Json> record = reader.Next()) {
    Problem problem;
    problem.gold =
        ExtractNumber(record->at("ground_truth").get<std::string>(), AnswerFilter::kFlexible)
            .value_or("none");
    for (const auto& [model, entry] : record->items()) {
      if (!entry.is_object()) continue;
      const std::string solution = entry.at("solution");
      const bool right = task.Grade(solution, problem, AnswerFilter::kFlexible) == Verdict::kRight;
      ++total;
      if (right == entry.at("is_correct").get<bool>()) continue;
      ++disagreed;
      if (disagreed <= 10) {
        std::cout << model << " line " << reader.line() << " gold " << problem.gold << " "
                  << entry.at("is_correct") << ": " << solution.substr(solution.rfind('\n') + 1)
                  << "\n";
      }
    }
  }
  EXPECT_GE(total, 5000);
  EXPECT_EQ(disagreed, 0);
}

}  // namespace
}  // namespace pgts::task
