// SPDX-License-Identifier: Apache-2.0
// `pgts`: exit code 0 done, 2 bad input (one line on stderr), 130 stopped by Ctrl-C, 1 a defect.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "base/stop.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/openblas_core.h"

namespace {

constexpr int kBadInput = 2;
constexpr int kStopped = 130;

int Run(std::vector<std::string> arguments) {
  CLI::App app{"PGTS: policy-guided tree search for language-model reasoning", "pgts"};
  app.set_version_flag("--version", "pgts 0.1.0");
  app.require_subcommand(1);
  pgts::cli::AddTrain(app);
  pgts::cli::AddEval(app);
  pgts::cli::AddSolve(app);
  pgts::cli::AddReport(app);
  pgts::cli::AddPretrain(app);
  pgts::cli::AddOptions(app);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 pops from the back
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::Success& e) {
    return app.exit(e);  // --help, --version
  } catch (const CLI::ParseError& e) {
    fmt::print(stderr, "pgts: {} (see: pgts {} --help)\n", e.what(),
               app.get_subcommands().empty() ? "" : app.get_subcommands()[0]->get_name());
    return kBadInput;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  pgts::cli::UseFastOpenBlasCore(argv);
  pgts::InstallStopHandler();
  try {
    return Run(pgts::cli::NormaliseFlags({argv + 1, argv + argc}));
  } catch (const pgts::Error& e) {
    fmt::print(stderr, "pgts: {}\n", e.what());
    return kBadInput;
  } catch (const pgts::Interrupted&) {
    fmt::print(stderr, "pgts: stopped; what was finished is kept\n");
    return kStopped;
  } catch (const std::exception& e) {
    fmt::print(stderr, "pgts: internal error: {}\n", e.what());
    return 1;
  }
}
