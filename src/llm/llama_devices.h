// SPDX-License-Identifier: Apache-2.0
// The devices that llama.cpp can compute on, and what a device's name in an option means.
//
// PGTS_RPC_DEVICES=HOST:PORT,HOST:PORT puts RPC servers (llm/llama_rpc.h) where GPUs would be:
// "cuda:0" is then the first of them, whatever GPUs there are. So a configuration for two GPUs runs
// unchanged on a machine that has none; nothing but the environment says so, since a configuration
// that named them would be another one than what is tested.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

struct ggml_backend_device;

namespace pgts::llm {

inline constexpr const char* kRpcVariable = "PGTS_RPC_DEVICES";

// The help of options that name one.
inline constexpr const char* kDeviceHelp =
    "cpu, cuda:N in a CUDA build, or rpc:HOST:PORT of a pgts rpc-server; a server that dies ends "
    "the run, which --resume goes on with";

// False for "cpu", true for "cuda", "cuda:N", "rpc:HOST:PORT" and "rpc:HOST:PORT:N", whether it is
// there or not. Error for another name.
bool IsGpu(const std::string& device);

// Whether it is on an RPC server.
bool IsRpc(const std::string& device);

// The one name of a device that has several: "cuda:0" for "cuda", "rpc:HOST:PORT" for its device 0,
// "cuda:N" for what PGTS_RPC_DEVICES puts there.
std::string DeviceName(const std::string& device);

// Null for "cpu". Error where that GPU is not there, which says why: never another device instead.
ggml_backend_device* FindGpu(const std::string& device);

struct Device {
  std::string name;         // as options take it: "cpu", "cuda:0", "rpc:HOST:PORT"
  std::string backend;      // of ggml: "CPU", "CUDA", "RPC"
  std::string description;  // for people: the GPU's or the processor's name, a server's address
  std::string pci_bus;      // "0000:c1:00.0", as nvidia-smi shows it; empty: not known
  int64_t total_bytes = 0;
  int64_t free_bytes = 0;  // at this moment
};

// The CPU with the memory that this process may have, then the GPUs.
std::vector<Device> ListDevices();

// All devices of the RPC server at HOST:PORT.
std::vector<Device> ListRpcDevices(const std::string& endpoint);

// Error as FindGpu's. Not for "cpu".
Device DescribeGpu(const std::string& device);

// One line for each thing that keeps a GPU from being used: a build without CUDA, a driver that is
// missing or does not fit. Empty: nothing does.
std::vector<std::string> DeviceFaults();

}  // namespace pgts::llm
