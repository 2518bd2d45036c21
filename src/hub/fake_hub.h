// SPDX-License-Identifier: Apache-2.0
// For tests: a server on loopback that speaks the hub's protocol and has its faults, and the
// environment of a user with empty folders.
#pragma once

#include <fmt/format.h>
#include <httplib.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/temp_folder.h"
#include "hub/hub.h"
#include "hub/sha256.h"

namespace pgts::hub {

inline std::string HashOf(const std::string& bytes) {
  Sha256 hash;
  hash.Add(bytes);
  return hash.Hex();
}

struct FakeRepository {
  std::map<std::string, std::string> files;  // path -> bytes
  std::string licence = "apache-2.0";
};

// What is wrong with one file.
struct Fault {
  int status = 0;       // instead of the file ...
  int times = 1 << 20;  // ... so many times
  std::string retry_after = "";
  size_t cut_after = 0;      // bytes, after which the connection ends, once; 0: never
  int status_after_cut = 0;  // from then on
  bool no_ranges = false;    // always sends from the beginning
  bool damaged = false;      // the first byte is another
  int64_t told_bytes = -1;   // the size that the hub tells, if not the right one
  bool redirected = false;   // to another host, as large files are
};

// `hub->repositories["a/b"]...`: what the server and the test share, locked while that is
// evaluated.
class FakeHub {
 public:
  struct State {
    std::map<std::string, FakeRepository> repositories;
    std::map<std::string, Fault> faults;  // by the file's path, or the repository's name
    std::vector<std::string> searched;    // what a search finds
    std::vector<std::string> requests;    // "path range=... token=..."
    std::vector<double> waits;            // seconds
  };
  class Access {
   public:
    Access(State& state, std::mutex& mutex) : state_(state), lock_(mutex) {}
    State* operator->() { return &state_; }

   private:
    State& state_;
    std::unique_lock<std::mutex> lock_;
  };
  Access operator->() { return {state_, mutex_}; }

  FakeHub() {
    Answer(R"(/api/models/([^/]+/[^/]+))",
           [this](const auto& request, auto& response) { Describe(request.matches[1], response); });
    Answer("/api/models", [this](const auto&, auto& response) {
      nlohmann::json found = nlohmann::json::array();
      for (const std::string& name : state_.searched) found.push_back({{"id", name}});
      response.set_content(found.dump(), "application/json");
    });
    Answer(R"(/([^/]+/[^/]+)/resolve/([0-9a-f]+)/(.+))",
           [this](const auto& request, auto& response) {
             Send(request, request.matches[1], request.matches[3], response);
           });
    Answer(R"(/cdn/([^/]+/[^/]+)/(.+))", [this](const auto& request, auto& response) {
      SendBytes(request, request.matches[1], request.matches[2], response);
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
  }
  ~FakeHub() {
    server_.stop();
    thread_.join();
  }

  std::string endpoint() const { return fmt::format("http://127.0.0.1:{}/", port_); }

  // Never really waits.
  HubOptions Options() {
    return {.endpoint = endpoint(),
            .patience = {.sleep = [this](double seconds) { (*this)->waits.push_back(seconds); }}};
  }

  std::vector<std::string> Asked(const std::string& part) {
    std::vector<std::string> found;
    const std::scoped_lock lock(mutex_);
    for (const std::string& line : state_.requests) {
      if (line.find(part) != std::string::npos) found.push_back(line);
    }
    return found;
  }

  static constexpr const char* kCommit = "0123456789abcdef0123456789abcdef01234567";

 private:
  void Answer(const std::string& pattern, const httplib::Server::Handler& handler) {
    server_.Get(pattern, [this, handler](const auto& request, auto& response) {
      const std::scoped_lock lock(mutex_);
      state_.requests.push_back(fmt::format("{} range={} token={}", request.path,
                                            request.get_header_value("Range"),
                                            request.get_header_value("Authorization")));
      handler(request, response);
    });
  }

  bool Refused(const std::string& name, httplib::Response& response) {
    const auto fault = state_.faults.find(name);
    if (fault == state_.faults.end() || fault->second.status == 0 || fault->second.times-- <= 0) {
      return false;
    }
    response.status = fault->second.status;
    if (!fault->second.retry_after.empty()) {
      response.set_header("Retry-After", fault->second.retry_after);
    }
    response.set_content("{\"error\": \"so it is\"}", "application/json");
    return true;
  }

  void Describe(const std::string& name, httplib::Response& response) {
    if (Refused(name, response)) return;
    const auto found = state_.repositories.find(name);
    if (found == state_.repositories.end()) {
      response.status = 404;
      return;
    }
    nlohmann::json siblings = nlohmann::json::array();
    for (const auto& [path, bytes] : found->second.files) {
      const int64_t told = state_.faults[path].told_bytes;
      const int64_t size = told >= 0 ? told : static_cast<int64_t>(bytes.size());
      siblings.push_back({{"rfilename", path},
                          {"size", size},
                          {"lfs", {{"sha256", HashOf(bytes)}, {"size", size}}}});
    }
    const nlohmann::json json = {{"id", name},
                                 {"sha", kCommit},
                                 {"cardData", {{"license", found->second.licence}}},
                                 {"siblings", siblings}};
    response.set_content(json.dump(), "application/json");
  }

  void Send(const httplib::Request& request, const std::string& name, const std::string& path,
            httplib::Response& response) {
    if (Refused(path, response)) return;
    if (!state_.faults[path].redirected) return SendBytes(request, name, path, response);
    response.set_redirect(
        fmt::format("http://localhost:{}/cdn/{}/{}?signed=a%2Fb", port_, name, path));
  }

  void SendBytes(const httplib::Request& request, const std::string& name, const std::string& path,
                 httplib::Response& response) {
    Fault& fault = state_.faults[path];
    std::string bytes = state_.repositories[name].files[path];
    if (fault.damaged) bytes[0] ^= 1;
    size_t from = 0;
    if (!request.ranges.empty() && !fault.no_ranges) {
      from = static_cast<size_t>(request.ranges[0].first);
    }
    // httplib sends ranges by itself; a fault makes it a stream that ends early.
    if (fault.no_ranges) const_cast<httplib::Request&>(request).ranges.clear();
    const size_t cut = std::exchange(fault.cut_after, 0);
    if (cut > 0) fault.status = fault.status_after_cut;
    if (cut == 0) return response.set_content(bytes, "application/octet-stream");
    response.set_content_provider(
        bytes.size(), "application/octet-stream",
        [bytes, cut, from](size_t offset, size_t length, httplib::DataSink& sink) {
          const size_t end = from + cut;
          if (offset >= end) return false;
          sink.write(bytes.data() + offset, std::min(length, end - offset));
          return true;
        });
  }

  State state_;
  std::mutex mutex_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

// Empty folders in place of the user's, while it lives.
class HubEnvironment {
 public:
  HubEnvironment() {
    for (const char* name :
         {"LLAMA_CACHE", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_TOKEN", "HF_HUB_OFFLINE",
          "HF_ENDPOINT", "MODEL_ENDPOINT", "PGTS_MODELS", "HF_HOME", "XDG_CACHE_HOME"}) {
      const char* value = std::getenv(name);
      if (value != nullptr) before_[name] = value;
      names_.emplace_back(name);
      unsetenv(name);
    }
    Set("HF_HOME", folder.File("hf"));
    Set("XDG_CACHE_HOME", folder.File("cache"));
    Set("PGTS_MODELS", folder.File("models"));
  }
  ~HubEnvironment() {
    for (const std::string& name : names_) {
      before_.contains(name) ? setenv(name.c_str(), before_[name].c_str(), 1)
                             : unsetenv(name.c_str());
    }
  }

  static void Set(const char* name, const std::string& value) { setenv(name, value.c_str(), 1); }

  TempFolder folder;

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::string> before_;
};

}  // namespace pgts::hub
