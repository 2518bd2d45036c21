// SPDX-License-Identifier: Apache-2.0
// `pgts pull NAME...`: models from the hub, and data sets, before they are needed.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "cli/commands.h"
#include "hub/data_sets.h"
#include "hub/find_model.h"
#include "session/resources.h"

namespace pgts::cli {
namespace {

struct PullArguments {
  std::vector<std::string> names;
  std::string data;
};

std::string DataPlace(const std::string& given) {
  const std::string folder = session::DataFolder(given);
  return folder.empty() ? session::FetchedData() : folder;
}

// Where what was pulled lies.
std::string PullOne(const std::string& name, const std::string& data, const hub::Hub& hub) {
  const std::vector<std::string> sets = hub::DataSetNames();
  if (std::find(sets.begin(), sets.end(), name) != sets.end()) {
    hub::FetchDataSet(name, data, hub.options());
    return data + "/" + name;
  }
  const auto model = hub::ParseModelName(name);
  if (!model) {
    throw Error::Format(
        "{}: neither a model (Qwen/Qwen3-8B, owner/repo:Q8_0) nor a data set that can be fetched "
        "({})",
        name, fmt::join(sets, ", "));
  }
  return hub::FindModel(*model, {}, hub).path;
}

void Pull(const PullArguments& arguments) {
  const hub::Hub hub(hub::HubOptionsOfEnvironment());
  for (const std::string& name : arguments.names) {
    fmt::print("{}\n", PullOne(name, DataPlace(arguments.data), hub));
  }
}

}  // namespace

void AddPull(CLI::App& app) {
  auto arguments = std::make_shared<PullArguments>();
  CLI::App* command = app.add_subcommand("pull", "Fetch models and data sets by name");
  command
      ->add_option("name", arguments->names,
                   fmt::format("Qwen/Qwen3-8B, owner/repo:Q8_0, or a data set: {}",
                               fmt::join(hub::DataSetNames(), ", ")))
      ->required();
  command->add_option("--data", arguments->data,
                      "Folder of data sets (also PGTS_DATA); default: data/ in the user's cache");
  command->callback([arguments] { Pull(*arguments); });
}

}  // namespace pgts::cli
