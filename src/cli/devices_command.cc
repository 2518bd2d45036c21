// SPDX-License-Identifier: Apache-2.0
// `pgts devices`: what this build can compute on here, and what keeps it from more.
#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "base/jsonl.h"
#include "base/table.h"
#include "cli/commands.h"
#include "llm/llama_devices.h"
#include "model/gpu_cache.h"
#include "train/plan_text.h"

namespace pgts::cli {
namespace {

// Of LibTorch, which counts for itself: reward_training.device.
std::string TorchFault(const std::vector<llm::Device>& devices) {
  const auto gpus = std::ranges::count_if(devices, [](const llm::Device& device) {
    return device.name != "cpu" && !llm::IsRpc(device.name);
  });
  const int seen = model::TorchGpus();
  if (seen == gpus) return "";
  return fmt::format(
      "LibTorch sees {} GPUs, llama.cpp {}: a reward model of kind lora or full can be fine-tuned "
      "on the former alone (reward_training.device; Torch_DIR names a LibTorch with CUDA)",
      seen, gpus);
}

struct DevicesArguments {
  std::vector<std::string> servers;
  bool json = false;
};

void Show(const DevicesArguments& arguments) {
  std::vector<llm::Device> devices = llm::ListDevices();
  for (const std::string& server : arguments.servers) {
    std::ranges::move(llm::ListRpcDevices(server), std::back_inserter(devices));
  }
  std::vector<std::string> faults = llm::DeviceFaults();
  if (std::string fault = TorchFault(devices); !fault.empty()) faults.push_back(fault);
  if (arguments.json) {
    Json rows = Json::array();
    for (const llm::Device& device : devices) {
      rows.push_back({{"device", device.name},
                      {"backend", device.backend},
                      {"name", device.description},
                      {"pci_bus", device.pci_bus.empty() ? Json() : Json(device.pci_bus)},
                      {"memory_total", device.total_bytes},
                      {"memory_free", device.free_bytes}});
    }
    fmt::print("{}", JsonPretty({{"devices", std::move(rows)},
                                 {"libtorch_gpus", model::TorchGpus()},
                                 {"faults", faults}}));
    return;
  }
  Table table({{"device"},
               {"backend"},
               {"name"},
               {"PCI bus"},
               {"memory", Align::kRight},
               {"free", Align::kRight}});
  for (const llm::Device& device : devices) {
    table.Row({device.name, device.backend, device.description,
               device.pci_bus.empty() ? "-" : device.pci_bus, train::BytesText(device.total_bytes),
               train::BytesText(device.free_bytes)});
  }
  fmt::print("{}", table.Text());
  for (const std::string& fault : faults) fmt::print("{}\n", fault);
}

}  // namespace

void AddDevices(CLI::App& app) {
  auto arguments = std::make_shared<DevicesArguments>();
  CLI::App* command =
      app.add_subcommand("devices", "GPUs and CPU as this build sees them, and what is amiss");
  command
      ->add_option("--rpc", arguments->servers,
                   "HOST:PORT of a pgts rpc-server whose devices are listed too; repeatable")
      ->allow_extra_args(false);
  command->add_flag("--json", arguments->json, "One JSON object, memory in bytes");
  command->callback([arguments] { Show(*arguments); });
}

}  // namespace pgts::cli
