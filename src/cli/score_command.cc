// SPDX-License-Identifier: Apache-2.0
// `pgts score`: what a reward model says of every step of given solutions.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/files.h"
#include "base/jsonl.h"
#include "base/log.h"
#include "base/table.h"
#include "cli/commands.h"
#include "cli/reward_model_flag.h"
#include "cli/run_flags.h"
#include "labels/trl.h"
#include "report/step_text.h"
#include "reward/judge_solutions.h"
#include "session/reward_wiring.h"

namespace pgts::cli {
namespace {

struct ScoreArguments {
  RunFlags run;
  std::string question, solution, file, jsonl, reward_model_path;
  bool json = false;
};

constexpr const char* kStandardInput = "/dev/stdin";

// Question and lines, unlabelled.
labels::TrlSolution Unlabelled(const std::string& question, const std::string& solution,
                               std::string_view separator, const std::string& where) {
  return labels::TrlFromJson({{"prompt", question},
                              {"completions", Json::array({solution})},
                              {"labels", Json::array({nullptr})}},
                             separator, where);
}

// A line of {"question", "solution"}, or one of TRL's stepwise supervision.
labels::TrlSolution FromLine(const Json& json, std::string_view separator,
                             const std::string& where) {
  if (json.is_object() && json.contains("completions")) {
    return labels::TrlFromJson(json, separator, where);
  }
  const auto text = [&](const char* field) {
    if (!json.is_object() || !json.contains(field) || !json[field].is_string()) {
      throw Error::Format("{}: '{}' must be text, beside the other of question and solution", where,
                          field);
    }
    return json[field].get<std::string>();
  };
  return Unlabelled(text("question"), text("solution"), separator, where);
}

std::vector<labels::TrlSolution> FromJsonl(const std::string& given, std::string_view separator) {
  const std::string path = given == "-" ? kStandardInput : given;
  std::vector<labels::TrlSolution> solutions;
  JsonlReader reader(path);
  while (const std::optional<Json> record = reader.Next()) {
    solutions.push_back(FromLine(*record, separator, fmt::format("{}:{}", path, reader.line())));
  }
  if (solutions.empty()) throw Error::Format("{}: holds no solution", path);
  return solutions;
}

void CheckGiven(const ScoreArguments& arguments) {
  const bool both = !arguments.solution.empty() && !arguments.file.empty();
  const bool one = !arguments.solution.empty() || !arguments.file.empty();
  if (!arguments.jsonl.empty()) {
    if (arguments.question.empty() && !one) return;
    throw Error("--jsonl brings questions and solutions; leave the others out");
  }
  if (arguments.question.empty() || both || !one) {
    throw Error(
        "give a question and its solution: pgts score \"What is 3 + 4?\" \"3+4=7\", the solution "
        "in a --file, or many as JSON lines by --jsonl FILE (- for standard input)");
  }
}

std::vector<labels::TrlSolution> Given(const ScoreArguments& arguments,
                                       std::string_view separator) {
  if (!arguments.jsonl.empty()) return FromJsonl(arguments.jsonl, separator);
  if (arguments.file.empty()) {
    return {Unlabelled(arguments.question, arguments.solution, separator, "the solution")};
  }
  return {Unlabelled(arguments.question, ReadFile(arguments.file), separator, arguments.file)};
}

// The first step that is more likely wrong than right, from 1; 0: none.
int FirstWrong(std::span<const reward::ScoredStep> steps, const reward::RewardModel& model) {
  for (size_t i = 0; i < steps.size(); ++i) {
    if (model.calibration.Score(steps[i].evidence()) < model.threshold) {
      return static_cast<int>(i) + 1;
    }
  }
  return 0;
}

void PrintTable(const labels::TrlSolution& solution, std::span<const reward::ScoredStep> steps,
                const reward::RewardModel& model) {
  Table table({{"", Align::kRight},
               {"step"},
               {"score", Align::kRight},
               {"judge's logit", Align::kRight},
               {"wrong equations", Align::kRight},
               {"unused numbers", Align::kRight}});
  for (size_t i = 0; i < steps.size(); ++i) {
    table.Row({fmt::format("{}", i + 1), report::OneLine(solution.lines[i]),
               fmt::format("{:.3f}", model.calibration.Score(steps[i].evidence())),
               fmt::format("{:+.2f}", steps[i].logit),
               fmt::format("{}", steps[i].path.wrong_equations),
               fmt::format("{}", steps[i].path.unused_numbers)});
  }
  const int wrong = FirstWrong(steps, model);
  fmt::print("{}\n\n{}{}\n", report::OneLine(solution.question), table.Text(),
             wrong == 0 ? fmt::format("no step is below {:.2f}", model.threshold)
                        : fmt::format("first step below {:.2f}: {}", model.threshold, wrong));
}

void PrintJson(const labels::TrlSolution& solution, std::span<const reward::ScoredStep> steps,
               const reward::RewardModel& model) {
  Json list = Json::array();
  for (size_t i = 0; i < steps.size(); ++i) {
    list.push_back({{"text", solution.lines[i]},
                    {"score", model.calibration.Score(steps[i].evidence())},
                    {"judge_logit", steps[i].logit},
                    {"wrong_equations", steps[i].path.wrong_equations},
                    {"unused_numbers", steps[i].path.unused_numbers}});
  }
  const int wrong = FirstWrong(steps, model);
  fmt::print("{}\n", JsonText({{"question", solution.question},
                               {"steps", std::move(list)},
                               {"first_wrong", wrong == 0 ? Json(nullptr) : Json(wrong)}}));
}

std::string TooLong(int64_t tokens, int context) {
  return fmt::format(
      "prompt and solution have {} tokens and the context holds {}: shorten them or raise "
      "engine.context, as far as the model knows",
      tokens, context);
}

void PrintFailure(const labels::TrlSolution& solution, const std::string& reason) {
  fmt::print("{}\n\nno scores: {}\n", report::OneLine(solution.question), reason);
}

// Where scores would stand: so that a line answers each line that was given.
void PrintFailureAsJson(const labels::TrlSolution& solution, const std::string& reason) {
  fmt::print("{}\n", JsonText({{"question", solution.question},
                               {"steps", nullptr},
                               {"first_wrong", nullptr},
                               {"error", reason}}));
}

void Score(const ScoreArguments& arguments) {
  CheckGiven(arguments);
  const RewardModelPlace place = FindRewardModel(arguments.reward_model_path);
  const auto loaded = LoadConfig(arguments.run, place.base_config);
  InitLog({.verbose = arguments.run.verbose});
  const session::RunConfig& config = loaded->config;
  session::Session session(session::ToSessionOptions(config, /*store_folder=*/""));
  const std::vector<labels::TrlSolution> given = Given(arguments, session.task().separator());
  const session::LoadedRewardModel reward_model =
      session::LoadRewardModel(config, session, place.folder);

  const int context = session.generator().context();
  const labels::StepFormat format{.tokenizer = session.generator().tokenizer(),
                                  .task = session.task(),
                                  .answer_has_separator = reward_model.model.answer_has_separator};
  std::vector<labels::LabelledSolution> solutions;
  std::vector<int64_t> lengths;  // of all that are given, in tokens
  for (const labels::TrlSolution& solution : given) {
    const llm::PrefixPtr prompt =
        session.sampled().Prompt(labels::ImportedProblem(solution), world::kEvaluationEpoch);
    labels::LabelledSolution labelled = labels::Label(solution, llm::PathTokens(*prompt), format);
    lengths.push_back(labels::TokenCount(labelled));
    if (lengths.back() <= context) solutions.push_back(std::move(labelled));
  }
  if (solutions.empty() && arguments.jsonl.empty()) {
    throw Error(TooLong(lengths.front(), context));
  }
  std::vector<std::vector<reward::ScoredStep>> judged;
  if (!solutions.empty()) judged = reward::JudgeSolutions(*reward_model.scorer, solutions);
  auto steps = judged.begin();
  for (size_t i = 0; i < given.size(); ++i) {
    if (i > 0 && !arguments.json) fmt::print("\n");
    if (lengths[i] > context) {
      (arguments.json ? PrintFailureAsJson : PrintFailure)(given[i], TooLong(lengths[i], context));
    } else {
      (arguments.json ? PrintJson : PrintTable)(given[i], *steps++, reward_model.model);
    }
  }
  if (const size_t left_out = given.size() - solutions.size(); left_out > 0) {
    Warn("{} of {} solutions are too long for the context and have no scores", left_out,
         given.size());
  }
}

}  // namespace

void AddScore(CLI::App& app) {
  auto arguments = std::make_shared<ScoreArguments>();
  CLI::App* command = app.add_subcommand("score", "Score the steps of given solutions");
  AddRunFlags(*command, arguments->run);
  command->add_option("question", arguments->question, "The question");
  command->add_option("solution", arguments->solution, "Its solution, a step a line");
  command
      ->add_option("--reward-model-path", arguments->reward_model_path,
                   "A run, or its reward_model_final/")
      ->required();
  command->add_option("--file", arguments->file, "The solution is in this file");
  command->add_option(
      "--jsonl", arguments->jsonl,
      "Many: lines of {\"question\", \"solution\"} or of TRL's stepwise supervision; "
      "- reads standard input");
  command->add_flag("--json", arguments->json, "One JSON object a solution");
  command->callback([arguments] { Score(*arguments); });
}

}  // namespace pgts::cli
