// SPDX-License-Identifier: Apache-2.0
// Names of RPC devices, and servers that are not there. Devices that are: tests/rpc_device_test.cc.
#include "llm/llama_rpc.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/error.h"
#include "llm/client.h"
#include "llm/llama_devices.h"

namespace pgts::llm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

TEST(RpcAddressTest, HostPortAndPerhapsAnIndex) {
  EXPECT_EQ(ParseRpcAddress("box:5000", ""), (RpcAddress{"box:5000", 0}));
  EXPECT_EQ(ParseRpcAddress("10.0.0.2:5000:1", ""), (RpcAddress{"10.0.0.2:5000", 1}));
  EXPECT_EQ(RpcName({"box:5000", 0}), "rpc:box:5000");
  EXPECT_EQ(RpcName({"box:5000", 2}), "rpc:box:5000:2");
  for (const char* wrong : {"", "box", "box:", ":5000", "box:0", "box:65536", "box:5000x",
                            "box:5000:", "box:5000:-1", "box:5000:1:2", "::1:5000"}) {
    EXPECT_THAT([&] { ParseRpcAddress(wrong, "here"); },
                ThrowsMessage<Error>(AllOf(StartsWith("here: '"), HasSubstr("HOST:PORT:N"))))
        << wrong;
  }
}

class DeviceNames : public ::testing::Test {
 protected:
  ~DeviceNames() override { unsetenv(kRpcVariable); }
};

TEST_F(DeviceNames, OneForEachDevice) {
  EXPECT_FALSE(IsGpu("cpu"));
  EXPECT_TRUE(IsGpu("cuda:3"));
  EXPECT_FALSE(IsRpc("cuda:1"));
  EXPECT_TRUE(IsRpc("rpc:box:5000"));
  EXPECT_EQ(DeviceName("cuda"), "cuda:0");
  EXPECT_EQ(DeviceName("rpc:box:5000:0"), "rpc:box:5000");
  EXPECT_EQ(Accelerator("cpu"), "");
  for (const char* wrong : {"gpu", "cuda:", "cuda:x", "cuda1", "rpc:box", "CPU", ""}) {
    EXPECT_THROW(IsGpu(wrong), Error) << wrong;
  }
}

TEST_F(DeviceNames, ServersStandWhereGpusWouldBe) {
  setenv(kRpcVariable, "box:5000,box:5001:1", 1);
  EXPECT_TRUE(IsRpc("cuda:1"));
  EXPECT_EQ(DeviceName("rpc:box:5001:1"), "cuda:1");
  EXPECT_EQ(Accelerator("rpc:box:5000"), Accelerator("cuda"));
  EXPECT_EQ(DeviceName("rpc:box:5001"), "rpc:box:5001");
  setenv(kRpcVariable, "box:5000,5001", 1);
  EXPECT_THAT([] { IsGpu("cuda"); },
              ThrowsMessage<Error>(StartsWith("PGTS_RPC_DEVICES: '5001' is not HOST:PORT")));
}

// A socket on loopback; nobody listens at its port until Listen().
class Port {
 public:
  Port() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, generic, size), 0);
    EXPECT_EQ(getsockname(socket_, generic, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Port() { close(socket_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  void Listen() const { EXPECT_EQ(listen(socket_, 1), 0); }
  int Accept() const { return accept(socket_, nullptr, nullptr); }
  std::string Device() const { return "rpc:127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_;
  int port_ = 0;
};

TEST_F(DeviceNames, AServerThatIsNotThere) {
  const Port nobody;
  EXPECT_THAT([&] { FindGpu(nobody.Device()); },
              ThrowsMessage<Error>(AllOf(StartsWith("no RPC server at 127.0.0.1:"),
                                         HasSubstr("pgts rpc-server --host 127.0.0.1 --port"),
                                         Not(HasSubstr("\n")))));
  const Port another;
  another.Listen();
  std::thread closes([&] { close(another.Accept()); });
  EXPECT_THAT(
      [&] { FindGpu(another.Device()); },
      ThrowsMessage<Error>(AllOf(HasSubstr("is no RPC server of protocol"), Not(HasSubstr("\n")))));
  closes.join();
}

}  // namespace
}  // namespace pgts::llm
