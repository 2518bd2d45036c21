// SPDX-License-Identifier: Apache-2.0
// report.html: one offline file that shows a run, made from the run folder's own files. What is not
// there yet (no evaluation, no phase 1) leaves its section out; what cannot be read is named in it.
#pragma once

#include <string>

#include "report/report_data.h"

namespace pgts::report {

// Writes <evaluation>/report.html anew, <run>/report.html where no evaluation is named, and returns
// its path. Error if it cannot be written.
std::string WriteReport(const ReportFolders& folders);

// The same at the end of a command whose result must not hang on it: a failure is a warning.
void TryWriteReport(const ReportFolders& folders);

}  // namespace pgts::report
