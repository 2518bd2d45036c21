// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_rpc.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/whole_number.h"
#include "ggml-backend.h"
#include "ggml-rpc.h"
#include "llm/llama_devices.h"
#include "llm/llama_runtime.h"

namespace pgts::llm {
namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr int kMostPorts = 65535;

struct Connection {
  ggml_backend_t backend = nullptr;  // keeps the connection open
  ggml_backend_reg_t server = nullptr;
  std::string reason;  // why it is null
};

// ggml says where it failed by ending the process, which GuardLlama turns into a text.
Connection Open(const std::string& endpoint) {
  Connection made;
  made.reason = GuardLlama([&] {
    made.backend = ggml_backend_rpc_init(endpoint.c_str(), 0);
    made.server = ggml_backend_rpc_add_server(endpoint.c_str());
  });
  return made;
}

// In a thread of its own: ggml waits for ever where a server has another client.
Connection OpenInTime(const std::string& endpoint) {
  std::promise<Connection> promise;
  std::future<Connection> future = promise.get_future();
  std::thread([endpoint, promise = std::move(promise)]() mutable {
    promise.set_value(Open(endpoint));
  }).detach();
  if (future.wait_for(kPatience) == std::future_status::ready) return future.get();
  throw Error::Format(
      "the RPC server at {} does not answer in {} s: it serves one program at a time, under one "
      "name; end the other program, or start one more server",
      endpoint, kPatience.count());
}

// ggml writes to a socket whose other end may be gone, and reads the error: no signal may end us.
void IgnoreBrokenPipes() { std::signal(SIGPIPE, SIG_IGN); }

ggml_backend_reg_t Connect(const std::string& endpoint) {
  static std::mutex mutex;                                            // guards `connections`
  static auto& connections = *new std::map<std::string, Connection>;  // until the process ends
  StartLlama();
  IgnoreBrokenPipes();
  const std::lock_guard lock(mutex);
  Connection& connection = connections[endpoint];
  if (connection.server == nullptr) connection = OpenInTime(endpoint);
  if (connection.server != nullptr) return connection.server;
  const size_t colon = endpoint.find(':');
  if (connection.reason.find("Failed to connect") != std::string::npos) {
    throw Error::Format("no RPC server at {}; start one there: pgts rpc-server --host {} --port {}",
                        endpoint, endpoint.substr(0, colon), endpoint.substr(colon + 1));
  }
  throw Error::Format(
      "what listens at {} is no RPC server of protocol {}.{}; run pgts rpc-server of this version "
      "there",
      endpoint, RPC_PROTO_MAJOR_VERSION, RPC_PROTO_MINOR_VERSION);
}

int DeviceCount(ggml_backend_reg_t server) {
  return static_cast<int>(ggml_backend_reg_dev_count(server));
}

// The port that the server may take, which it opens itself.
int FreePort(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    throw Error::Format("--host {} is no IPv4 address, such as 127.0.0.1", host);
  }
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = bind(socket, generic, size) == 0 && getsockname(socket, generic, &size) == 0;
  const int fault = errno;
  close(socket);
  if (bound) return ntohs(address.sin_port);
  throw Error::Format("cannot listen on {}:{} ({}); choose another --port or --host", host, port,
                      std::strerror(fault));
}

ggml_backend_dev_t OwnDevice(const std::string& name) {
  if (IsRpc(name)) {
    throw Error::Format("--device {} is an RPC device itself; give one of this machine", name);
  }
  const ggml_backend_dev_t gpu = FindGpu(name);
  return gpu != nullptr ? gpu : ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
}

}  // namespace

RpcAddress ParseRpcAddress(std::string_view address, std::string_view source) {
  const size_t colon = address.find(':');
  const std::string_view rest = colon == address.npos ? "" : address.substr(colon + 1);
  const size_t second = rest.find(':');
  const auto port = WholeNumber(rest.substr(0, second), 1, kMostPorts);
  const auto index = second == rest.npos ? 0 : WholeNumber(rest.substr(second + 1), 0, 1 << 16);
  if (colon == 0 || !port || !index) {
    throw Error::Format(
        "{}: '{}' is not HOST:PORT or HOST:PORT:N, where PORT is 1 to {} and N counts the server's "
        "devices from 0",
        source, address, kMostPorts);
  }
  return {fmt::format("{}:{}", address.substr(0, colon), *port), *index};
}

std::string RpcName(const RpcAddress& address) {
  return address.index == 0 ? "rpc:" + address.endpoint
                            : fmt::format("rpc:{}:{}", address.endpoint, address.index);
}

ggml_backend_dev_t FindRpcDevice(const RpcAddress& address) {
  const ggml_backend_reg_t server = Connect(address.endpoint);
  if (address.index < DeviceCount(server)) return ggml_backend_reg_dev_get(server, address.index);
  throw Error::Format("device '{}' is not there: the server shows {} devices, rpc:{}:0 to :{}",
                      RpcName(address), DeviceCount(server), address.endpoint,
                      DeviceCount(server) - 1);
}

std::vector<RpcAddress> RpcDevicesOf(const std::string& endpoint) {
  std::vector<RpcAddress> devices(DeviceCount(Connect(endpoint)), {endpoint});
  for (size_t i = 0; i < devices.size(); ++i) devices[i].index = static_cast<int>(i);
  return devices;
}

void ServeRpc(const RpcServerOptions& options) {
  StartLlama();
  std::vector<ggml_backend_dev_t> devices;
  for (const std::string& name : options.devices) devices.push_back(OwnDevice(name));
  const std::string endpoint =
      fmt::format("{}:{}", options.host, FreePort(options.host, options.port));
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const size_t threads = options.threads > 0 ? options.threads : cores;
  if (!options.host.starts_with("127.")) {
    Warn(
        "who reaches {} can run what they like on this machine: the protocol has no protection; "
        "use it in a network of your own alone",
        endpoint);
  }
  fmt::print("listening on {} with {}\n", endpoint, fmt::join(options.devices, ", "));
  std::fflush(stdout);
  IgnoreBrokenPipes();
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, SIG_DFL);  // ggml never returns
  ggml_backend_rpc_start_server(endpoint.c_str(), nullptr, threads, devices.size(), devices.data());
  throw Error::Format("the server on {} has ended; start it again", endpoint);
}

}  // namespace pgts::llm
