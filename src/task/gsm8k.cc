// SPDX-License-Identifier: Apache-2.0
#include "task/gsm8k.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "task/data_file.h"

namespace pgts::task {
namespace {

constexpr std::string_view kCure =
    "pgts pull gsm8k fetches it; --data DIR or PGTS_DATA names another folder that holds "
    "gsm8k/train.jsonl and gsm8k/test.jsonl";

std::string TrimmedLines(std::string_view text) {  // without blanks at line ends, without \r
  std::string lines;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    const size_t last = line.find_last_not_of(" \t\r");
    line = line.substr(0, last == std::string_view::npos ? 0 : last + 1);
    if (!line.empty()) lines.append(lines.empty() ? "" : "\n").append(line);
    at = end + 1;
  }
  return lines;
}

Problem ReadProblem(const DataLine& line) {
  Problem problem{.question = TrimmedLines(line.Text("question"))};
  const std::string answer = TrimmedLines(RemoveCalculatorNotes(line.Text("answer")));
  const std::optional<std::string> gold = ExtractNumber(answer, AnswerFilter::kStrict);
  if (problem.question.empty()) line.Fail("the question is empty");
  if (!gold) line.Fail("the answer has no \"#### <number>\"");
  problem.gold = *gold;
  // The answer line in the normal form that steps are asked to use.
  problem.solution = answer.substr(0, answer.rfind("####")) + "#### " + *gold;
  return problem;
}

}  // namespace

std::string RemoveCalculatorNotes(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (;;) {
    const size_t open = text.find("<<");
    const size_t close = open == text.npos ? open : text.find(">>", open + 2);
    if (close == text.npos) return plain.append(text);
    plain.append(text.substr(0, open));
    text.remove_prefix(close + 2);
  }
}

Gsm8k::Gsm8k(const std::string& data_dir) : StoredTask("gsm8k") {
  if (data_dir.empty()) throw Error::Format("gsm8k needs a data folder: {}", kCure);
  const std::filesystem::path folder = std::filesystem::path(data_dir) / "gsm8k";
  const std::string train = folder / "train.jsonl";
  Problems(Split::kTrain) = ReadDataFile(train, kCure, ReadProblem);
  Problems(Split::kTest) = ReadDataFile(folder / "test.jsonl", kCure, ReadProblem);
  if (Size(Split::kTrain) <= kValidationSize) {
    throw Error::Format("{} holds {} problems; more than {} are needed, the last {} are validation",
                        train, Size(Split::kTrain), kValidationSize, kValidationSize);
  }
  TakeValidationFromTrain(kValidationSize);
  SetPlaces();
}

ProblemPrompt Gsm8k::Prompt(const Problem& problem) const {
  return {
      .system =
          "Solve the problem step by step. Write one short step on each line. "
          "End with a line of the form: #### number",
      .examples =
          {{"A baker fills 6 trays with 12 rolls each and sells 45 rolls before noon. How many "
            "rolls are left?",
            "The trays hold 6 * 12 = 72 rolls.\n"
            "After the sale 72 - 45 = 27 rolls are left.\n"
            "#### 27"},
           {"Petra rents a bike for $8 plus $3 for every hour. She pays $29. For how many hours "
            "did she rent it?",
            "The hours cost 29 - 8 = 21 dollars.\n"
            "She rented it for 21 / 3 = 7 hours.\n"
            "#### 7"},
           {"Omar reads 20 pages on Monday. On Tuesday he reads half as many, and on Wednesday "
            "as many as on both days together. How many pages does he read in all?",
            "On Tuesday he reads 20 / 2 = 10 pages.\n"
            "On Monday and Tuesday he reads 20 + 10 = 30 pages.\n"
            "On Wednesday he reads 30 pages.\n"
            "In all he reads 30 + 30 = 60 pages.\n"
            "#### 60"}},
      .user = problem.question};
}

}  // namespace pgts::task
