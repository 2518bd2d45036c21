// SPDX-License-Identifier: Apache-2.0
// `pgts models`: the models on this machine that can be named.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/table.h"
#include "cli/commands.h"
#include "hub/download.h"
#include "hub/environment.h"
#include "hub/local_models.h"
#include "report/step_text.h"

namespace pgts::cli {
namespace {

void ListModels() {
  const std::vector<hub::LocalModel> models = hub::LocalModels();
  if (models.empty()) {
    fmt::print("no models in {} (PGTS_MODELS) or {}; fetch one: pgts pull Qwen/Qwen3-0.6B:Q8_0\n",
               hub::ModelsFolder(), hub::HubCache());
    return;
  }
  Table table({{"name"}, {"weights"}, {"size", Align::kRight}, {"path"}});
  for (const hub::LocalModel& model : models) {
    const std::string& name = model.repository.empty() ? model.model : model.repository;
    table.Row({report::OneLine(name), model.weights.empty() ? "?" : model.weights,
               hub::FormatBytes(model.bytes), report::OneLine(model.path)});
  }
  fmt::print("{}", table.Text());
}

}  // namespace

void AddModels(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("models", "List the models in PGTS_MODELS and in the hub's cache");
  command->callback([] { ListModels(); });
}

}  // namespace pgts::cli
