// SPDX-License-Identifier: Apache-2.0
#include "llm/llama_runtime.h"

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <string_view>

#include "llama.h"

namespace pgts::llm {
namespace {

thread_local bool guarded = false;

std::mutex log_mutex;  // guards first_error: llama.cpp may log from several threads
std::string first_error;

void KeepErrors(ggml_log_level level, const char* text, void*) {
  if (level != GGML_LOG_LEVEL_ERROR) return;
  std::string line(text);
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
  if (line.empty()) return;
  const std::lock_guard lock(log_mutex);
  if (first_error.empty()) first_error = line;
}

// The process is about to abort. A guarded caller gets an exception instead; elsewhere, perhaps in
// a thread of llama.cpp's own, nothing can be unwound: the process ends in one line.
void OnAssert(const char* message) {
  if (guarded) throw std::runtime_error(message);
  const std::string_view text = message;
  if (text.find("RPC") != text.npos) {
    fprintf(stderr,
            "pgts: an RPC server is gone (%s): see what pgts rpc-server said there, start it "
            "again, and go on with pgts train --resume RUN\n",
            message);
  } else if (text.find("CUDA") != text.npos) {
    fprintf(stderr,
            "pgts: the GPU failed (%s; %s): if its memory is full, lower engine.width, "
            "engine.context or engine.cells\n",
            message, first_error.c_str());
  } else {
    fprintf(stderr,
            "pgts: llama.cpp failed an internal check (%s): the model file may be damaged; "
            "fetch it again or use another\n",
            message);
  }
  std::_Exit(1);
}

struct Guard {
  Guard() { guarded = true; }
  ~Guard() { guarded = false; }
};

}  // namespace

void StartLlama() {
  static const bool started = [] {
    llama_log_set(KeepErrors, nullptr);
    ggml_set_abort_callback(OnAssert);
    llama_backend_init();
    return true;
  }();
  static_cast<void>(started);
}

std::string GuardLlama(const std::function<void()>& call) {
  {
    const std::lock_guard lock(log_mutex);
    first_error.clear();
  }
  const Guard guard;
  try {
    call();
  } catch (const std::exception& failure) {
    return failure.what();
  }
  const std::lock_guard lock(log_mutex);
  return first_error.empty() ? "no reason given" : first_error;
}

}  // namespace pgts::llm
