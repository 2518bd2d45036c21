// SPDX-License-Identifier: Apache-2.0
#include "task/user_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts::task {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class UserTaskTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    WriteFileAtomic(folder_.File(name), text);
    return folder_.File(name);
  }
  // The one line about a task file of this text, or about its data.
  std::string Refused(const std::string& yaml) {
    try {
      const UserTask task(Write("my.yaml", yaml));
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

  TempFolder folder_;
};

constexpr const char* kChoices = R"(
data:
  train: train.jsonl
  test: test.jsonl
fields: {answer: key}
prompt:
  system: Answer with a letter.
  question: "{text} ({points} points)\n{choices}"
examples:
  - question: |
      Which is first?
      A) one
    steps: |
      One comes first.

      Answer: A
steps: {separator: "\n\n"}
answer: {find: choice, marker: "Answer:"}
)";

std::string Line(int i) {
  return R"({"text": "Which is )" + std::to_string(i) +
         R"(?", "points": 2, "choices": ["no", 7], "key": "B"})" + "\n";
}

TEST_F(UserTaskTest, ReadsWhatTheFileDescribes) {
  std::string train;
  for (int i = 0; i < 20; ++i) train += Line(i);
  Write("train.jsonl", train);
  Write("test.jsonl", Line(20));
  const auto task = MakeTask(Write("quiz.yaml", kChoices));
  EXPECT_EQ(task->name(), "quiz");
  EXPECT_EQ(task->separator(), "\n\n");
  EXPECT_EQ(task->Size(Split::kTrain), 18);
  EXPECT_EQ(task->Size(Split::kValidation), 2);  // the last tenth of train
  EXPECT_EQ(task->Size(Split::kTemplates), 0);
  const Problem problem = task->Get(Split::kValidation, 1);
  EXPECT_EQ(problem.id, "quiz/validation/1");
  EXPECT_EQ(problem.question, "Which is 19? (2 points)\nA) no\nB) 7");
  EXPECT_EQ(problem.gold, "B");
  const ProblemPrompt prompt = task->Prompt(problem);
  EXPECT_EQ(prompt.system, "Answer with a letter.");
  EXPECT_EQ(prompt.user, problem.question);
  ASSERT_EQ(prompt.examples.size(), 1U);
  EXPECT_EQ(prompt.examples[0].assistant, "One comes first.\n\nAnswer: A");
  EXPECT_EQ(task->Grade("Hm.\n\nAnswer: (b)", problem, AnswerFilter::kStrict), Verdict::kRight);
  EXPECT_EQ(task->Grade("Answer: A", problem, AnswerFilter::kStrict), Verdict::kWrong);
  EXPECT_EQ(task->Grade("Answer: 7", problem, AnswerFilter::kStrict), Verdict::kNoAnswer);
  EXPECT_THROW(task->Get(Split::kTest, 1), Error);
}

TEST_F(UserTaskTest, AStepOfSeveralLinesIsReadWhole) {
  Write("test.jsonl", Line(1));
  Write("train.jsonl", Line(2));
  const UserTask task(Write("quiz.yaml", kChoices));
  EXPECT_TRUE(task.IsTerminal("Hm.\n\nAnswer: A\nThat is it.\n\n"));
  EXPECT_FALSE(task.IsTerminal("Answer: A\n\nBut wait.\n\n"));
}

TEST_F(UserTaskTest, EmptyBracesInThePromptAreText) {
  Write("test.jsonl", R"({"question": "1+1?", "answer": 2})"
                      "\n");
  const auto task = MakeTask(Write("sums.yaml",
                                   "data:\n  test: test.jsonl\n"
                                   "prompt:\n  question: '{question} Use \\boxed{}.'\n"));
  EXPECT_EQ(task->Get(Split::kTest, 0).question, "1+1? Use \\boxed{}.");
}

TEST_F(UserTaskTest, TheShippedExampleGradesItsOwnSolutions) {
  const auto task = MakeTask(PGTS_SOURCE_DIR "/examples/shop/shop.yaml");
  for (const Split split : {Split::kTrain, Split::kTest}) {
    ASSERT_EQ(task->Size(split), 6);
    for (int64_t i = 0; i < 6; ++i) {
      const Problem problem = task->Get(split, i);
      EXPECT_EQ(task->Grade(problem.solution, problem, AnswerFilter::kStrict), Verdict::kRight);
    }
  }
}

// The documentation lists what the program declares.
TEST(TaskFileTest, EveryKeyIsDocumented) {
  TaskFile file;
  OptionSet options;
  file.Declare(options);
  const std::string docs = ReadFile(PGTS_SOURCE_DIR "/docs/TASKS.md");
  for (const char* key : {"data.train", "data.validation", "data.test", "fields.answer",
                          "fields.solution", "prompt.system", "prompt.question", "steps.separator",
                          "answer.find", "answer.marker", "answer.regex", "answer.compare"}) {
    EXPECT_NO_THROW(options.Value(key)) << key;
    EXPECT_THAT(docs, HasSubstr("| `" + std::string(key) + "` |"));
  }
}

TEST_F(UserTaskTest, WhatIsWrongInTheFileNamesItsLine) {
  const std::string data = "data:\n  test: test.jsonl\n";
  Write("test.jsonl", R"({"question": "1+1?", "answer": 2})");
  EXPECT_EQ(Refused(data), "accepted");
  EXPECT_THAT(Refused(data + "answer:\n  fnd: box\n"),
              HasSubstr("my.yaml:4: unknown key answer.fnd; nearest valid key: answer.find"));
  EXPECT_THAT(Refused(data + "answer: box\n"), HasSubstr("my.yaml:3: unknown key answer"));
  EXPECT_THAT(Refused(data + "answer:\n  find: boxes\n"),
              AllOf(HasSubstr("my.yaml:4"), HasSubstr("number, choice, box, text, regex")));
  EXPECT_THAT(Refused(data + "answer: {find: regex,\n  regex: '(x'}\n"),
              AllOf(HasSubstr("my.yaml:4: answer.regex = (x: not a regular"), HasSubstr("RE2")));
  EXPECT_THAT(Refused(data + "data: {}\n"), HasSubstr("my.yaml:3: key data is given twice"));
  EXPECT_THAT(Refused(data + "steps: {separator: ''}\n"), HasSubstr("my.yaml:3: steps.separator"));
  EXPECT_THAT(Refused(data + "examples: [x]\n"), HasSubstr("my.yaml:3: an example is a question"));
  EXPECT_THAT(Refused(data + "examples:\n  - question: x\n"), HasSubstr("needs both"));
  EXPECT_THAT(Refused(data + "examples:\n  - question: x\n    stps: y\n"),
              HasSubstr("my.yaml:5: unknown key stps"));
  EXPECT_THAT(Refused(data + "examples:\n  - question: x\n    steps: it is 2\n"),
              HasSubstr("end in no answer"));
  EXPECT_THAT(Refused(data + "prompt: [\n"), HasSubstr("not valid YAML"));
  EXPECT_THAT(Refused("fields: {answer: x}\n"), HasSubstr("no data; name a file under data:"));
  EXPECT_THAT(Refused(""), HasSubstr("expected a task"));
}

TEST_F(UserTaskTest, WhatIsWrongInTheDataNamesItsLine) {
  const std::string yaml = "data:\n  test: test.jsonl\n";
  EXPECT_THAT(Refused(yaml), AllOf(HasSubstr("test.jsonl: No such file"), HasSubstr("data.test")));
  const auto refused = [&](const std::string& second) {
    Write("test.jsonl", R"({"question": "1+1?", "answer": 2})"
                        "\n" +
                            second);
    return Refused(yaml);
  };
  EXPECT_THAT(
      refused(R"({"question": "1+1?"})"),
      HasSubstr("test.jsonl:2: no field \"answer\", only question; mend or remove this line"));
  EXPECT_THAT(refused(R"({"qestion": "1+1?", "answer": 2})"),
              HasSubstr("test.jsonl:2: no field \"question\", only qestion, answer"));
  EXPECT_THAT(refused(R"({"question": "1+1?", "ans)"), HasSubstr("test.jsonl:2: not valid JSON"));
  EXPECT_THAT(refused(R"({"question": "1+1?", "answer": "two"})"),
              HasSubstr("test.jsonl:2: the answer \"two\" is none for answer.find = number"));
  EXPECT_THAT(refused(R"({"question": " ", "answer": 2})"),
              HasSubstr("test.jsonl:2: the question is empty"));
  EXPECT_THAT(refused(R"({"question": {"a": 1}, "answer": 2})"),
              HasSubstr("field \"question\" is neither text"));
  Write("test.jsonl", "\n");
  EXPECT_THAT(Refused(yaml), HasSubstr("test.jsonl holds no problems"));
}

TEST_F(UserTaskTest, ABuiltInTasksNameIsTaken) {
  const std::string path = Write("gsm8k.yaml", "data: {test: test.jsonl}\n");
  EXPECT_THAT([&] { UserTask task(path); }, ThrowsMessage<Error>(HasSubstr("rename the file")));
}

TEST(TaskFileTest, AFileThatIsNotThereIsSaid) {
  EXPECT_THAT([] { MakeTask("no/such.yaml"); }, ThrowsMessage<Error>(HasSubstr("no/such.yaml")));
}

}  // namespace
}  // namespace pgts::task
