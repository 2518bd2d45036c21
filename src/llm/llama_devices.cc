// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_devices.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/whole_number.h"
#include "ggml-backend.h"
#include "llm/llama_rpc.h"
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

// What stands where GPUs would; none: the GPUs themselves do.
std::vector<RpcAddress> StandIns() {
  std::vector<RpcAddress> addresses;
  const char* variable = std::getenv(kRpcVariable);
  for (std::string_view rest = variable != nullptr ? variable : ""; !rest.empty();) {
    const size_t comma = rest.find(',');
    addresses.push_back(ParseRpcAddress(rest.substr(0, comma), kRpcVariable));
    rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
  }
  return addresses;
}

// What a device's name says.
struct Place {
  int cuda = -1;                  // of "cuda:N"; -1: no such name
  std::optional<RpcAddress> rpc;  // by its own name or as a stand-in
};

std::optional<int> CudaIndex(std::string_view device) {
  constexpr std::string_view kBegin = "cuda:";
  if (device == "cuda") return 0;
  if (!device.starts_with(kBegin)) return std::nullopt;
  device.remove_prefix(kBegin.size());
  return WholeNumber(device, 0);
}

Place LocateRpc(const std::string& device, std::string_view address) {
  const RpcAddress rpc = ParseRpcAddress(address, fmt::format("device '{}'", device));
  const std::vector<RpcAddress> stand_ins = StandIns();
  const auto listed = std::ranges::find(stand_ins, rpc);
  if (listed == stand_ins.end()) return {.rpc = rpc};
  return {.cuda = static_cast<int>(listed - stand_ins.begin()), .rpc = rpc};
}

Place Locate(const std::string& device) {
  constexpr std::string_view kRpc = "rpc:";
  if (device == "cpu") return {};
  if (device.starts_with(kRpc)) return LocateRpc(device, device.substr(kRpc.size()));
  const std::optional<int> index = CudaIndex(device);
  if (!index) {
    throw Error::Format("device '{}' is not one of cpu, cuda, cuda:N, rpc:HOST:PORT", device);
  }
  const std::vector<RpcAddress> stand_ins = StandIns();
  if (*index < std::ssize(stand_ins)) return {.cuda = *index, .rpc = stand_ins[*index]};
  return {.cuda = *index};
}

}  // namespace

bool IsGpu(const std::string& device) {
  const Place place = Locate(device);
  return place.cuda >= 0 || place.rpc;
}

bool IsRpc(const std::string& device) { return Locate(device).rpc.has_value(); }

std::string DeviceName(const std::string& device) {
  const Place place = Locate(device);
  if (place.cuda >= 0) return fmt::format("cuda:{}", place.cuda);
  return place.rpc ? RpcName(*place.rpc) : device;
}

ggml_backend_dev_t FindGpu(const std::string& device) {
  const Place place = Locate(device);
  StartLlama();
  if (place.rpc) return FindRpcDevice(*place.rpc);
  if (place.cuda < 0) return nullptr;
  if (const size_t stand_ins = StandIns().size(); stand_ins > 0) {
    throw Error::Format("device '{}' is not there: {} names {} devices, cuda:0 to cuda:{}", device,
                        kRpcVariable, stand_ins, stand_ins - 1);
  }
  const std::vector<ggml_backend_dev_t> gpus = Gpus();
  if (place.cuda < std::ssize(gpus)) return gpus[place.cuda];
  if (gpus.empty()) {
    throw Error::Format("device '{}' is not there: {}; or use --device cpu", device, NoGpu());
  }
  throw Error::Format("device '{}' is not there: there are {} GPUs, cuda:0 to cuda:{}", device,
                      gpus.size(), gpus.size() - 1);
}

Device DescribeGpu(const std::string& device) {
  return Describe(FindGpu(device), DeviceName(device));
}

std::vector<Device> ListDevices() {
  StartLlama();
  std::vector<Device> devices = {DescribeCpu()};
  const size_t stand_ins = StandIns().size();
  const size_t gpus = stand_ins > 0 ? stand_ins : Gpus().size();
  for (size_t i = 0; i < gpus; ++i) devices.push_back(DescribeGpu(fmt::format("cuda:{}", i)));
  return devices;
}

std::vector<Device> ListRpcDevices(const std::string& endpoint) {
  std::vector<Device> devices;
  for (const RpcAddress& address : RpcDevicesOf(endpoint)) {
    devices.push_back(DescribeGpu(RpcName(address)));
  }
  return devices;
}

std::vector<std::string> DeviceFaults() {
  StartLlama();
  if (!StandIns().empty() || !Gpus().empty()) return {};
  return {NoGpu()};
}

}  // namespace pgts::llm
