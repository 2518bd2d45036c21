// SPDX-License-Identifier: Apache-2.0
// `pgts`: exit code 0 done, 2 bad input (one line on stderr), 130 stopped by Ctrl-C, 1 a defect (or
// something that `pgts doctor` found).
#pragma once

namespace pgts::cli {

int Main(int argc, char** argv);

}  // namespace pgts::cli
