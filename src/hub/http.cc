// SPDX-License-Identifier: Apache-2.0
#include "hub/http.h"

#include <fmt/format.h>
#include <httplib.h>

#include <charconv>
#include <exception>
#include <utility>

#include "base/error.h"
#include "base/stop.h"

namespace pgts::hub {
namespace {

constexpr int kMaxRedirects = 10;
constexpr size_t kMaxErrorBody = 1 << 16;
constexpr time_t kConnectSeconds = 20;
constexpr time_t kReadSeconds = 60;  // of silence

bool IsRedirect(int status) { return status >= 301 && status <= 308 && status != 304; }
bool IsWanted(int status) { return status == 200 || status == 206; }

int64_t NumberOf(std::string_view text) {
  int64_t number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "bytes 5-9/10"
HttpHead HeadOf(const httplib::Response& response) {
  HttpHead head = {.status = response.status};
  const std::string range = response.get_header_value("Content-Range");
  if (response.status == 206) {
    const size_t blank = range.find(' '), slash = range.find('/');
    if (blank != std::string::npos) head.from = NumberOf(std::string_view(range).substr(blank + 1));
    if (slash != std::string::npos) {
      head.file_bytes = NumberOf(std::string_view(range).substr(slash + 1));
    }
  } else if (response.has_header("Content-Length")) {
    head.file_bytes = NumberOf(response.get_header_value("Content-Length"));
  }
  return head;
}

// "/path?query" of a URL.
std::string TargetOf(const std::string& url) {
  const std::string target = url.substr(OriginOf(url).size());
  return target.empty() ? "/" : target;
}

// Where a redirect leads; empty: nowhere.
std::string Follow(const std::string& url, const std::string& location) {
  if (location.find("://") != std::string::npos) return location;
  return location.starts_with("/") ? OriginOf(url) + location : "";
}

struct Answer {
  HttpResponse response;
  std::string location;
  std::exception_ptr thrown;
};

class Exchange {
 public:
  Exchange(const HttpRequest& request, const std::string& url) : request_(request), url_(url) {}

  Answer Run() {
    httplib::Client client(OriginOf(url_));
    if (!client.is_valid()) throw Error::Format("{}: not an address that can be asked", url_);
    client.set_connection_timeout(kConnectSeconds);
    client.set_read_timeout(kReadSeconds);
    client.set_path_encode(false);  // a signed address must stay as it is
    const httplib::Result result = client.Get(
        TargetOf(url_), Headers(),
        [this](const httplib::Response& response) { return Guarded([&] { Begin(response); }); },
        [this](const char* data, size_t size) { return Guarded([&] {
                                                  Take({data, size});
                                                }); });
    if (!result && answer_.response.failure.empty()) {
      answer_.response.failure = httplib::to_string(result.error());
    }
    return std::move(answer_);
  }

 private:
  httplib::Headers Headers() const {
    httplib::Headers headers = {{"User-Agent", "pgts"}};
    if (request_.from > 0) headers.emplace("Range", fmt::format("bytes={}-", request_.from));
    const bool own_host = OriginOf(url_) == OriginOf(request_.url);
    if (!request_.token.empty() && own_host) {
      headers.emplace("Authorization", "Bearer " + request_.token);
    }
    return headers;
  }

  void Begin(const httplib::Response& response) {
    answer_.response.status = response.status;
    answer_.response.retry_after = response.get_header_value("Retry-After");
    answer_.location = response.get_header_value("Location");
    if (IsWanted(response.status) && request_.begin) request_.begin(HeadOf(response));
  }

  void Take(std::string_view bytes) {
    ThrowIfStopped();
    if (IsWanted(answer_.response.status) && request_.write) return request_.write(bytes);
    std::string& body = answer_.response.body;
    if (!IsWanted(answer_.response.status)) {
      bytes = bytes.substr(0, kMaxErrorBody - std::min(kMaxErrorBody, body.size()));
    }
    body += bytes;
  }

  // No exception passes through the library.
  template <typename Work>
  bool Guarded(const Work& work) {
    try {
      work();
      return true;
    } catch (...) {
      answer_.thrown = std::current_exception();
      return false;
    }
  }

  const HttpRequest& request_;
  std::string url_;
  Answer answer_;
};

}  // namespace

std::string OriginOf(const std::string& url) {
  const size_t scheme = url.find("://");
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    throw Error::Format("'{}' is no web address: it begins with http:// or https://", url);
  }
  return url.substr(0, url.find_first_of("/?", scheme + 3));
}

std::string EscapePath(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-._~").find(c) != std::string_view::npos;
    escaped += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

HttpResponse HttpGet(const HttpRequest& request) {
  std::string url = request.url;
  for (int hop = 0; hop <= kMaxRedirects; ++hop) {
    ThrowIfStopped();
    Answer answer = Exchange(request, url).Run();
    if (answer.thrown) std::rethrow_exception(answer.thrown);
    if (!IsRedirect(answer.response.status)) return std::move(answer.response);
    url = Follow(url, answer.location);
    if (url.empty()) return {.failure = "a redirect leads nowhere"};
  }
  return {.failure = "too many redirects"};
}

}  // namespace pgts::hub
