// SPDX-License-Identifier: Apache-2.0
// For tests: `pgts rpc-server` as child processes on loopback, one CPU thread each.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/files.h"
#include "base/temp_folder.h"
#include "program.h"

namespace pgts {

class RpcServers {
 public:
  explicit RpcServers(int count) : endpoints_(count) {
    for (int i = 0; i < count; ++i) Start(i);
    for (int i = 0; i < count; ++i) endpoints_[i] = WaitForEndpoint(i);
  }

  const std::string& endpoint(int i) const { return endpoints_[i]; }
  std::string device(int i) const { return "rpc:" + endpoints_[i]; }
  void Kill(int i) { servers_[i].reset(); }

  // As PGTS_RPC_DEVICES takes them.
  std::string List() const {
    std::string list;
    for (const std::string& endpoint : endpoints_) list += (list.empty() ? "" : ",") + endpoint;
    return list;
  }

 private:
  std::string Output(int i) const { return folder_.File("server" + std::to_string(i)); }

  void Start(int i) {
    servers_.push_back(std::make_unique<Program>(
        std::vector<std::string>{"rpc-server", "--threads", "1"}, Output(i)));
  }

  std::string WaitForEndpoint(int i) {
    const std::string begin = "listening on ";
    while (true) {
      const std::string said = FileExists(Output(i)) ? ReadFile(Output(i)) : "";
      if (said.find('\n') != said.npos && said.starts_with(begin)) {
        return said.substr(begin.size(), said.find(" with") - begin.size());
      }
      if (!servers_[i]->Running()) {
        ADD_FAILURE() << "no server: " << said;
        return "127.0.0.1:1";
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  TempFolder folder_;
  std::vector<std::unique_ptr<Program>> servers_;
  std::vector<std::string> endpoints_;
};

}  // namespace pgts
