// SPDX-License-Identifier: Apache-2.0
// A file from the web, whole or not at all: it grows under another name and takes its own once its
// size and its SHA-256 are right. What a cut connection or Ctrl-C leaves is gone on with next time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "hub/http.h"

namespace pgts::hub {

// What to do when a server does not answer, or asks to wait.
struct Patience {
  int attempts = 6;                             // without a byte of progress, once something came
  int first_attempts = 3;                       // before that: there may be no network
  double first_wait = 1;                        // seconds; doubles from one attempt to the next
  double longest_wait = 300;                    // that a server may ask for (Retry-After)
  std::function<void(double)> sleep = nullptr;  // null: really; a test looks at the seconds
};

// Asks again, as far as `patience` goes, where no answer came and for the statuses 408, 429 and
// 5xx. Whatever else comes is the caller's to judge. `what` names the thing in errors.
HttpResponse GetPatiently(const HttpRequest& request, const Patience& patience,
                          const std::string& what);

struct Download {
  std::string what;  // a name for people, for progress and errors
  std::string url;
  std::string token = "";
  std::string path;         // of the whole file; nothing happens if it exists
  std::string lock;         // file that one process holds while it downloads
  int64_t bytes = -1;       // -1: not known
  std::string sha256 = "";  // 64 hex digits; empty: not known
};

// Error, one line, where it cannot be done: refused, not there, too large for the disk, or not what
// was promised (size, hash), in which case what came is thrown away. Interrupted after Ctrl-C.
void DownloadFile(const Download& download, const Patience& patience);

// "8.71 GB"
std::string FormatBytes(int64_t bytes);

}  // namespace pgts::hub
