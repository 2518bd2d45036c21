// SPDX-License-Identifier: Apache-2.0
// `pgts report RUN`: writes report.html anew, one offline file that shows the run.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <string>

#include "base/files.h"
#include "cli/commands.h"
#include "report/report.h"
#include "session/run_folder.h"

namespace pgts::cli {
namespace {

struct ReportArguments {
  std::string run, results;
};

void Report(const ReportArguments& arguments) {
  report::ReportFolders folders{.run = session::RunFolder::Owning(arguments.run).path};
  if (!arguments.results.empty()) folders.evaluation = ResolveNewest(arguments.results);
  fmt::print("{}\n", report::WriteReport(folders));
}

}  // namespace

void AddReport(CLI::App& app) {
  auto arguments = std::make_shared<ReportArguments>();
  CLI::App* command = app.add_subcommand("report", "Write a run's report.html anew");
  command->add_option("run", arguments->run, "The run folder, or a file in it")->required();
  command->add_option("--results", arguments->results,
                      "Folder of an evaluation (pgts eval --output-dir); default: the run folder");
  command->callback([arguments] { Report(*arguments); });
}

}  // namespace pgts::cli
