// SPDX-License-Identifier: Apache-2.0
// What report.html shows, gathered from a run folder as JSON. The page's scripts (report/*.js) read
// it under these names; a part that the run does not have is absent.
//
//   run           {"name", "facts": [[label, value], ...], "config": the text of config.yaml}
//   curves        report_curves.h, by kind of record
//   reward_model  {"metrics": reward/metrics.h's JSON, "calibration", "training", ...}: the file
//                 reward_model_final/reward_model.json as it is
//   comparisons   report_comparison.h
//   searches      report_searches.h: the list of those that can be replayed
//   notes         [text, ...]: what could not be read, and why
#pragma once

#include <string>
#include <vector>

#include "base/jsonl.h"

namespace pgts::report {

struct ReportFolders {
  std::string run;
  std::string evaluation = "";  // whose results and trajectories are shown; empty: the run's own

  const std::string& Evaluation() const { return evaluation.empty() ? run : evaluation; }
};

struct ReportData {
  Json overview;
  // One JSON text for each entry of `searches`, fit to stand in HTML (report_page.h): the page
  // parses a search when it is picked.
  std::vector<std::string> replays;
};

// Error if the run folder is none (it has no config.yaml) or the other is no folder.
ReportData GatherReport(const ReportFolders& folders);

}  // namespace pgts::report
