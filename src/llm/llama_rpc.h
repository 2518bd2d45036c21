// SPDX-License-Identifier: Apache-2.0
// Devices of other processes and machines, by ggml's RPC backend over TCP.
//
// A server serves one client at a time, and we keep it from the first use of a device to the end of
// the process. ggml ends the process where a server dies (llm/llama_runtime.cc says so in one
// line). All requests to a server go down one connection, but ggml's memory of the graph that a
// device computed last is guarded by no lock: one thread at a time may evaluate on a device.
#pragma once

#include <string>
#include <string_view>
#include <vector>

struct ggml_backend_device;

namespace pgts::llm {

struct RpcAddress {
  std::string endpoint;  // HOST:PORT
  int index = 0;         // among the devices of that server

  bool operator==(const RpcAddress&) const = default;
};

// "HOST:PORT" or "HOST:PORT:N". Error for another text, which begins with `source`.
RpcAddress ParseRpcAddress(std::string_view address, std::string_view source);

std::string RpcName(const RpcAddress& address);  // "rpc:HOST:PORT", "rpc:HOST:PORT:N" from 1 on

// Error where the server does not answer or shows no such device.
ggml_backend_device* FindRpcDevice(const RpcAddress& address);

// All devices of a server. Error where it does not answer.
std::vector<RpcAddress> RpcDevicesOf(const std::string& endpoint);

struct RpcServerOptions {
  std::string host = "127.0.0.1";  // an IPv4 address of this machine; 0.0.0.0: all of them
  int port = 0;                    // 0: one that is free
  int threads = 0;                 // of the CPU device; 0: all cores
  std::vector<std::string> devices = {"cpu"};  // of this machine
};

// Prints where it listens and serves until the process is ended. Error where it cannot listen.
[[noreturn]] void ServeRpc(const RpcServerOptions& options);

}  // namespace pgts::llm
