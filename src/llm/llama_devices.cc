// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string_view>

#include "base/error.h"
#include "ggml-backend.h"
#include "llm/llama_runtime.h"

namespace pgts::llm {
namespace {

constexpr const char* kNvidiaDriver = "/proc/driver/nvidia/version";
constexpr const char* kMemoryLimit = "/sys/fs/cgroup/memory.max";  // of a container

std::vector<ggml_backend_dev_t> Gpus() {
  std::vector<ggml_backend_dev_t> gpus;
  for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    if (ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_GPU) gpus.push_back(device);
  }
  return gpus;
}

std::string Text(const char* text) { return text != nullptr ? text : ""; }

Device Describe(ggml_backend_dev_t device, std::string name) {
  ggml_backend_dev_props props{};
  ggml_backend_dev_get_props(device, &props);
  return {.name = std::move(name),
          .backend = Text(ggml_backend_reg_name(ggml_backend_dev_backend_reg(device))),
          .description = Text(props.description),
          .pci_bus = Text(props.device_id),
          .total_bytes = static_cast<int64_t>(props.memory_total),
          .free_bytes = static_cast<int64_t>(props.memory_free)};
}

// What the system could hand out; ggml calls all memory free.
int64_t AvailableBytes(int64_t otherwise) {
  std::ifstream file("/proc/meminfo");
  int64_t kib = 0;
  for (std::string word; file >> word;) {
    if (word == "MemAvailable:" && file >> kib) return kib * 1024;
  }
  return otherwise;
}

Device DescribeCpu() {
  Device cpu = Describe(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU), "cpu");
  cpu.free_bytes = AvailableBytes(cpu.free_bytes);
  int64_t limit = 0;
  if (std::ifstream(kMemoryLimit) >> limit && limit > 0) {
    cpu.total_bytes = std::min(cpu.total_bytes, limit);
    cpu.free_bytes = std::min(cpu.free_bytes, limit);
  }
  return cpu;
}

bool HasCuda() { return ggml_backend_reg_by_name("CUDA") != nullptr; }

// The driver's first line; empty: there is none.
std::string NvidiaDriver() {
  std::string line;
  std::ifstream file(kNvidiaDriver);
  std::getline(file, line);
  return line;
}

// Why there is no GPU.
std::string NoGpu() {
  const std::string driver = NvidiaDriver();
  if (!HasCuda()) {
    return driver.empty() ? "this build has no CUDA backend: build with -DGGML_CUDA=ON"
                          : fmt::format(
                                "an NVIDIA driver is loaded ({}), but this build has no CUDA "
                                "backend: build with -DGGML_CUDA=ON (cmake --preset cuda)",
                                driver);
  }
  return driver.empty()
             ? "this build has CUDA, but no NVIDIA driver is loaded: install it, and see that "
               "nvidia-smi lists the GPUs"
             : fmt::format(
                   "this build has CUDA and an NVIDIA driver is loaded ({}), but CUDA finds no "
                   "GPU: "
                   "the driver may be older than the toolkit of the build (nvidia-smi shows the "
                   "CUDA version that it serves), or CUDA_VISIBLE_DEVICES hides the GPUs",
                   driver);
}

}  // namespace

int ParseDevice(const std::string& device) {
  if (device == "cpu") return -1;
  std::string_view rest = device;
  int index = 0;
  bool valid = rest.starts_with("cuda");
  if (valid) rest.remove_prefix(4);
  if (valid && !rest.empty()) {
    const auto [end, failure] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), index);
    valid = rest.size() > 1 && rest[0] == ':' && failure == std::errc() &&
            end == rest.data() + rest.size() && index >= 0;
  }
  if (!valid) throw Error::Format("device '{}' is not one of cpu, cuda, cuda:N", device);
  return index;
}

ggml_backend_dev_t FindGpu(const std::string& device) {
  const int index = ParseDevice(device);
  StartLlama();
  if (index < 0) return nullptr;
  const std::vector<ggml_backend_dev_t> gpus = Gpus();
  if (index < std::ssize(gpus)) return gpus[index];
  if (gpus.empty()) {
    throw Error::Format("device '{}' is not there: {}; or use --device cpu", device, NoGpu());
  }
  throw Error::Format("device '{}' is not there: there are {} GPUs, cuda:0 to cuda:{}", device,
                      gpus.size(), gpus.size() - 1);
}

std::vector<Device> ListDevices() {
  StartLlama();
  std::vector<Device> devices = {DescribeCpu()};
  for (ggml_backend_dev_t gpu : Gpus()) {
    devices.push_back(Describe(gpu, fmt::format("cuda:{}", devices.size() - 1)));
  }
  return devices;
}

std::vector<std::string> DeviceFaults() {
  StartLlama();
  if (!Gpus().empty()) return {};
  return {NoGpu()};
}

}  // namespace pgts::llm
