// SPDX-License-Identifier: Apache-2.0
#include "cli/main.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <new>
#include <string_view>

#include "base/error.h"
#include "base/stop.h"
#include "bench/benches.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/openblas_core.h"
#include "report/step_text.h"

namespace pgts::cli {
namespace {

constexpr int kBadInput = 2;
constexpr int kStopped = 130;

// One line, whatever a damaged file or a library put into the text. (LibTorch's errors carry a
// stack trace behind their first line.)
void Complain(std::string_view prefix, std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  fmt::print(stderr, "pgts: {}{}\n", prefix, report::OneLine(first));
}

int Dispatch(const std::vector<std::string>& arguments) {
  CLI::App app{"PGTS: policy-guided tree search for language-model reasoning", "pgts"};
  app.set_version_flag("--version", "pgts " PGTS_VERSION);
  app.require_subcommand(1);
  int exit_code = 0;
  AddTrain(app);
  AddPlan(app, exit_code);
  AddDevices(app);
  AddRpcServer(app);
  AddData(app);
  AddTrainReward(app);
  AddEval(app);
  AddCompare(app);
  AddSolve(app);
  AddScore(app);
  AddDoctor(app, exit_code);
  AddReport(app);
  AddPretrain(app);
  AddQuantize(app);
  AddPull(app);
  AddModels(app);
  bench::AddBench(app);
  AddOptions(app);
  RefuseEmptyValues(app);
  try {
    app.parse(
        std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // popped from the back
  } catch (const CLI::Success& e) {
    return app.exit(e);  // --help, --version
  } catch (const CLI::ParseError& e) {
    Complain("", ExplainParseError(app, e, arguments));
    return kBadInput;
  }
  return exit_code;
}

// Commands that multiply no matrices need no second start.
bool Computes(int argc, char** argv) {
  if (argc < 2) return false;
  const std::string_view first = argv[1];
  return !first.starts_with("-") && first != "plan" && first != "devices" &&
         first != "rpc-server" && first != "options";
}

}  // namespace

int Main(int argc, char** argv) {
  if (Computes(argc, argv)) UseFastOpenBlasCore(argv);
  InstallStopHandler();
  try {
    return Dispatch(NormaliseFlags({argv + 1, argv + argc}));
  } catch (const Error& e) {
    Complain("", e.what());
    return kBadInput;
  } catch (const std::filesystem::filesystem_error& e) {
    Complain("", e.what());
    return kBadInput;
  } catch (const std::bad_alloc&) {
    Complain("", "out of memory: lower engine.width or engine.cells, or use a smaller model");
    return kBadInput;
  } catch (const Interrupted&) {
    fmt::print(stderr, "pgts: stopped; what was finished is kept\n");
    return kStopped;
  } catch (const std::exception& e) {
    Complain("internal error: ", e.what());
    return 1;
  }
}

}  // namespace pgts::cli
