// SPDX-License-Identifier: Apache-2.0
// The process-wide state of llama.cpp: its backends, its log and its asserts.
#pragma once

#include <functional>
#include <string>

namespace pgts::llm {

// Loads the backends and silences the log, once per process.
void StartLlama();

// Runs `call`, in which llama.cpp may log errors, throw, or hit an assert on bad input, which ends
// `call` and not the process. Returns why it failed, if it did: what was thrown, or the first error
// logged (later ones only say that something failed).
std::string GuardLlama(const std::function<void()>& call);

}  // namespace pgts::llm
