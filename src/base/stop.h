// SPDX-License-Identifier: Apache-2.0
// The stop request. The first Ctrl-C (SIGINT) or SIGTERM sets a flag that long loops look at; the
// second ends the process at once with exit code 130. Safe from any thread.
#pragma once

namespace pgts {

void InstallStopHandler();
bool StopRequested();
void RequestStop();     // as the first signal does
void ClearStop();       // forgets a request (tests)
void ThrowIfStopped();  // throws Interrupted

}  // namespace pgts
