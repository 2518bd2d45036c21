// SPDX-License-Identifier: Apache-2.0
#include "hub/download.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/stop.h"
#include "hub/sha256.h"

namespace pgts::hub {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMegabyte = 1000000;
constexpr std::string_view kPart = ".downloadInProgress";  // llama.cpp goes on with it, too

void SleepFor(double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (std::chrono::steady_clock::now() < end) {
    ThrowIfStopped();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

bool MayPass(const HttpResponse& response) {
  return !response.failure.empty() || response.status == 408 || response.status == 429 ||
         response.status >= 500;
}

std::string WhyNot(const HttpResponse& response) {
  if (!response.failure.empty()) return response.failure;
  if (response.status == 429) return "the server has had too many requests (429)";
  return fmt::format("the server fails ({})", response.status);
}

// Counts attempts and waits between them.
class Retries {
 public:
  Retries(const Patience& patience, const HttpRequest& request, const std::string& what)
      : patience_(patience),
        attempts_(patience.first_attempts),
        host_(OriginOf(request.url)),
        what_(what) {}

  void Progressed() {
    failed_ = 0;
    attempts_ = patience_.attempts;
  }

  // Waits until it is worth another try; Error where it is not.
  void After(const HttpResponse& response) {
    const double asked = AskedFor(response);
    if (asked > patience_.longest_wait) {
      throw Error::Format("{}: {} asks to come back in {:.0f} s (status {}); try again then", what_,
                          host_, asked, response.status);
    }
    if (++failed_ >= attempts_) {
      throw Error::Format(
          "{}: {} gave no whole answer in {} attempts: {}; check the network and try "
          "again: what came is kept",
          what_, host_, failed_, WhyNot(response));
    }
    const double wait = std::max(asked, patience_.first_wait * std::pow(2, failed_ - 1));
    Info("{}: {}; trying again in {:.0f} s", what_, WhyNot(response), wait);
    patience_.sleep ? patience_.sleep(wait) : SleepFor(wait);
  }

 private:
  static double AskedFor(const HttpResponse& response) {
    return response.retry_after.empty() ? 0 : std::atof(response.retry_after.c_str());
  }

  const Patience& patience_;
  int attempts_;
  std::string host_, what_;
  int failed_ = 0;
};

// What has come of a file.
class PartFile {
 public:
  explicit PartFile(const std::string& path) : file_(path, O_RDWR | O_CREAT) {
    std::string chunk(1 << 20, '\0');
    while (const size_t count = file_.ReadUpTo(chunk.data(), chunk.size())) {
      hash_.Add({chunk.data(), count});
      length_ += static_cast<int64_t>(count);
    }
  }

  int64_t length() const { return length_; }
  const std::string& path() const { return file_.path(); }

  void Append(std::string_view bytes) {
    file_.WriteAll(bytes);
    hash_.Add(bytes);
    length_ += static_cast<int64_t>(bytes.size());
  }

  void Empty() {
    if (ftruncate(file_.descriptor(), 0) != 0) ThrowFileError("write", path(), errno);
    lseek(file_.descriptor(), 0, SEEK_SET);
    hash_ = Sha256();
    length_ = 0;
  }

  // The hash of all of it; once.
  std::string Finish() {
    file_.Sync();
    return hash_.Hex();
  }

 private:
  PosixFile file_;
  Sha256 hash_;
  int64_t length_ = 0;
};

class Transfer {
 public:
  Transfer(const Download& download, const Patience& patience)
      : download_(download), patience_(patience), part_(download.path + std::string(kPart)) {}

  void Run() {
    if (known() && part_.length() > download_.bytes) part_.Empty();
    CheckSpace();
    Fetch();
    Verify();
    if (rename(part_.path().c_str(), download_.path.c_str()) != 0) {
      ThrowFileError("write", download_.path, errno);
    }
  }

 private:
  bool known() const { return download_.bytes >= 0; }
  bool Whole() const { return known() && part_.length() == download_.bytes; }

  void CheckSpace() const {
    std::error_code failure;
    const std::string folder = fs::path(download_.path).parent_path().string();
    const fs::space_info space = fs::space(folder, failure);
    const int64_t needed = download_.bytes - part_.length();
    if (failure || needed <= static_cast<int64_t>(space.available)) return;
    throw Error::Format(
        "{}: needs {} in {}, where {} are free; free some space, or name another "
        "folder with HF_HOME",
        download_.what, FormatBytes(needed), folder,
        FormatBytes(static_cast<int64_t>(space.available)));
  }

  void Fetch() {
    Progress progress("downloading " + download_.what,
                      std::max<int64_t>(0, download_.bytes) / kMegabyte, "MB");
    progress.ResumeAt(part_.length() / kMegabyte);
    HttpRequest request = {.url = download_.url, .token = download_.token};
    request.begin = [this](const HttpHead& head) { Begin(head); };
    request.write = [&](std::string_view bytes) {
      Write(bytes);
      progress.SetDone(part_.length() / kMegabyte);
    };
    Retries retries(patience_, request, download_.what);
    while (!Whole()) {
      const int64_t before = request.from = part_.length();
      const HttpResponse response = HttpGet(request);
      if (part_.length() != before) retries.Progressed();
      if (response.failure.empty() && (response.status == 200 || response.status == 206)) {
        if (!known() || Whole()) return;
        Damaged(fmt::format("{} bytes came", part_.length()));  // and the server thinks that is all
      }
      if (response.status == 416) {  // what is here is not the beginning of what is there
        part_.Empty();
      } else if (!MayPass(response)) {
        Refused(response.status);
      }
      retries.After(response);
    }
  }

  void Begin(const HttpHead& head) {
    if (known() && head.file_bytes >= 0 && head.file_bytes != download_.bytes) {
      Damaged(fmt::format("the server has {} bytes", head.file_bytes));
    }
    if (head.status == 200) {
      if (part_.length() > 0) part_.Empty();  // it cannot go on in the middle
    } else if (head.from != part_.length()) {
      Damaged(fmt::format("byte {} came for byte {}", head.from, part_.length()));
    }
  }

  void Write(std::string_view bytes) {
    part_.Append(bytes);
    if (known() && part_.length() > download_.bytes) {
      Damaged(fmt::format("{} bytes came", part_.length()));
    }
  }

  void Verify() {
    const std::string hash = part_.Finish();
    if (download_.sha256.empty() || hash == download_.sha256) return;
    Discard();
    throw Error::Format(
        "{}: its SHA-256 is {} and should be {}: damaged on its way; nothing of it is kept, fetch "
        "it again",
        download_.what, hash, download_.sha256);
  }

  [[noreturn]] void Damaged(const std::string& how) {
    Discard();
    throw Error::Format("{}: should have {} bytes, and {}; nothing of it is kept, fetch it again",
                        download_.what, download_.bytes, how);
  }

  void Discard() {
    part_.Empty();
    std::error_code ignored;
    fs::remove(part_.path(), ignored);
  }

  [[noreturn]] void Refused(int status) {
    const std::string host = OriginOf(download_.url);
    if (part_.length() == 0) Discard();
    if (status == 401 || status == 403) {
      throw Error::Format(
          "{}: {} refuses it (status {}): accept its licence on the repository's page, and "
          "set HF_TOKEN to a token of your account{}",
          download_.what, host, status, download_.token.empty() ? "" : " that may read it");
    }
    if (status == 404)
      throw Error::Format("{}: not on {} (404); check its name", download_.what, host);
    throw Error::Format("{}: {} answers with status {}", download_.what, host, status);
  }

  const Download& download_;
  const Patience& patience_;
  PartFile part_;
};

}  // namespace

HttpResponse GetPatiently(const HttpRequest& request, const Patience& patience,
                          const std::string& what) {
  Retries retries(patience, request, what);
  for (;;) {
    HttpResponse response = HttpGet(request);
    if (!MayPass(response)) return response;
    retries.After(response);
  }
}

void DownloadFile(const Download& download, const Patience& patience) {
  if (FileExists(download.path)) return;
  MakeFolderOf(download.path);
  MakeFolderOf(download.lock);
  const FileLock lock(download.lock);
  if (FileExists(download.path)) return;
  Transfer(download, patience).Run();
}

std::string FormatBytes(int64_t bytes) {
  const double mega = static_cast<double>(bytes) / kMegabyte;
  return mega < 1000 ? fmt::format("{:.1f} MB", mega) : fmt::format("{:.2f} GB", mega / 1000);
}

}  // namespace pgts::hub
