// SPDX-License-Identifier: Apache-2.0
// `pgts rpc-server`: this machine's devices for a pgts elsewhere, which names them rpc:HOST:PORT.
#include <CLI/CLI.hpp>

#include <memory>

#include "cli/commands.h"
#include "llm/llama_rpc.h"

namespace pgts::cli {

void AddRpcServer(CLI::App& app) {
  auto options = std::make_shared<llm::RpcServerOptions>();
  CLI::App* command = app.add_subcommand(
      "rpc-server", "Lend devices of this machine to one pgts elsewhere (device rpc:HOST:PORT)");
  command
      ->add_option("--host", options->host,
                   "IPv4 address to listen on. The protocol has no protection: beyond this machine "
                   "only in a network of your own")
      ->capture_default_str();
  command->add_option("--port", options->port, "0: one that is free, which is printed")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "Of the device cpu; 0: all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command
      ->add_option("--device", options->devices,
                   "cpu or cuda:N; repeatable: rpc:HOST:PORT:N is the Nth, from 0")
      ->allow_extra_args(false)
      ->capture_default_str();
  command->callback([options] { llm::ServeRpc(*options); });
}

}  // namespace pgts::cli
