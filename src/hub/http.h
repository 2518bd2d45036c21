// SPDX-License-Identifier: Apache-2.0
// One HTTP GET, over cpp-httplib: redirects are followed here, so that a token is sent to the host
// that it belongs to and to no other.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pgts::hub {

struct HttpHead {
  int status = 0;           // 200, or 206 for a part
  int64_t from = 0;         // the byte that the body begins with
  int64_t file_bytes = -1;  // of the whole file; -1: not told
};

struct HttpRequest {
  std::string url;
  std::string token = "";  // bearer token; empty: none
  int64_t from = 0;        // the first byte that is wanted
  // What becomes of the body of a 200 or 206. Both may throw, which HttpGet passes on. Without
  // them the body is kept in the response.
  std::function<void(const HttpHead&)> begin = nullptr;
  std::function<void(std::string_view)> write = nullptr;
};

struct HttpResponse {
  int status = 0;       // 0: no answer
  std::string failure;  // why no answer came, or not all of it; empty: all of it came
  std::string body;     // where the request keeps it; its first 64 KiB if the status is an error
  std::string retry_after;  // the header of that name
};

// Error for a URL that is none. Interrupted after Ctrl-C.
HttpResponse HttpGet(const HttpRequest& request);

// `path` with everything but "/" and what needs no escape as %XX.
std::string EscapePath(std::string_view path);

// "https://host:port" of a URL.
std::string OriginOf(const std::string& url);

}  // namespace pgts::hub
