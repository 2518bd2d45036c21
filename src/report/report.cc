// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include "base/error.h"
#include "base/files.h"
#include "base/log.h"
#include "report/report_page.h"

namespace pgts::report {

std::string WriteReport(const ReportFolders& folders) {
  const ReportData data = GatherReport(folders);
  std::string path = folders.Evaluation() + "/report.html";
  WriteFileAtomic(path, ReportPage(data));
  return path;
}

void TryWriteReport(const ReportFolders& folders) {
  try {
    Info("report: {}", WriteReport(folders));
  } catch (const Error& error) {
    Warn("no report.html: {}", error.what());
  }
}

}  // namespace pgts::report
