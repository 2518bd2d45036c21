// SPDX-License-Identifier: Apache-2.0
// The devices that llama.cpp can compute on, and what a device's name in an option means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct ggml_backend_device;

namespace pgts::llm {

// Which GPU "cuda" or "cuda:N" means, as the driver counts; -1 for "cpu". Error for another name.
int ParseDevice(const std::string& device);

// Null for "cpu". Error where that GPU is not there, which says why: never another device instead.
ggml_backend_device* FindGpu(const std::string& device);

struct Device {
  std::string name;         // as options take it: "cpu", "cuda:0"
  std::string backend;      // of ggml: "CPU", "CUDA"
  std::string description;  // for people: the GPU's or the processor's name
  std::string pci_bus;      // "0000:c1:00.0", as nvidia-smi shows it; empty: not known
  int64_t total_bytes = 0;
  int64_t free_bytes = 0;  // at this moment
};

// The CPU with the memory that this process may have, then the GPUs.
std::vector<Device> ListDevices();

// One line for each thing that keeps a GPU from being used: a build without CUDA, a driver that is
// missing or does not fit. Empty: nothing does.
std::vector<std::string> DeviceFaults();

}  // namespace pgts::llm
