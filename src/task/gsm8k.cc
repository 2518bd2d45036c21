// SPDX-License-Identifier: Apache-2.0
#include "task/gsm8k.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "task/jsonl_reader.h"

namespace pgts::task {
namespace {

constexpr std::string_view kCure =
    "--data DIR or PGTS_DATA names the folder that holds gsm8k/train.jsonl and gsm8k/test.jsonl";

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

Problem ReadProblem(const JsonlReader& reader) {
  Problem problem{.question = TrimmedLines(reader.Text("question"))};
  const std::string answer = TrimmedLines(RemoveCalculatorNotes(reader.Text("answer")));
  const std::optional<std::string> gold = ExtractNumber(answer, AnswerFilter::kStrict);
  if (problem.question.empty()) reader.Fail("the question is empty");
  if (!gold) reader.Fail("the answer has no \"#### <number>\"");
  problem.gold = *gold;
  // The answer line in the normal form that steps are asked to use.
  problem.solution = answer.substr(0, answer.rfind("####")) + "#### " + *gold;
  return problem;
}

void Number(std::vector<Problem>& problems, std::string_view split) {
  for (size_t i = 0; i < problems.size(); ++i) {
    problems[i].index = static_cast<int64_t>(i);
    problems[i].id = fmt::format("gsm8k/{}/{}", split, i);
  }
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

std::vector<Problem> ReadProblemFile(const std::filesystem::path& path,
                                     const std::string& id_prefix) {
  JsonlReader reader(path, kCure);
  std::vector<Problem> problems;
  for (;;) {
    const JsonlReader::Outcome outcome = reader.Next();
    if (outcome == JsonlReader::Outcome::kEnd) break;
    if (outcome == JsonlReader::Outcome::kBadLine) reader.Fail(reader.problem());
    problems.push_back(ReadProblem(reader));
    problems.back().index = static_cast<int64_t>(problems.size()) - 1;
    problems.back().id = fmt::format("{}/{}", id_prefix, problems.back().index);
  }
  if (problems.empty()) throw Error::Format("{} holds no problems; {}", path.string(), kCure);
  return problems;
}

Gsm8k::Gsm8k(const std::string& data_dir) {
  if (data_dir.empty()) throw Error::Format("gsm8k needs a data folder: {}", kCure);
  const std::filesystem::path folder = std::filesystem::path(data_dir) / "gsm8k";
  train_ = ReadProblemFile(folder / "train.jsonl", "gsm8k/train");
  test_ = ReadProblemFile(folder / "test.jsonl", "gsm8k/test");
  if (train_.size() <= kValidationSize) {
    throw Error::Format("{} holds {} problems; more than {} are needed, the last {} are validation",
                        (folder / "train.jsonl").string(), train_.size(), kValidationSize,
                        kValidationSize);
  }
  const auto first = train_.end() - kValidationSize;
  validation_.assign(std::make_move_iterator(first), std::make_move_iterator(train_.end()));
  train_.erase(first, train_.end());
  Number(validation_, SplitName(Split::kValidation));
}

const std::vector<Problem>* Gsm8k::Problems(Split split) const {
  switch (split) {
    case Split::kTrain: return &train_;
    case Split::kValidation: return &validation_;
    case Split::kTest: return &test_;
    case Split::kTemplates: return nullptr;
  }
  return nullptr;
}

int64_t Gsm8k::Size(Split split) const {
  const std::vector<Problem>* problems = Problems(split);
  return problems ? static_cast<int64_t>(problems->size()) : 0;
}

Problem Gsm8k::Get(Split split, int64_t index) const {
  if (Size(split) == 0) {
    throw Error::Format("gsm8k has no {} split: use train, validation or test", SplitName(split));
  }
  if (index < 0 || index >= Size(split)) {
    throw Error::Format("gsm8k has no {} problem {}: use 0 to {}", SplitName(split), index,
                        Size(split) - 1);
  }
  return (*Problems(split))[static_cast<size_t>(index)];
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
