// SPDX-License-Identifier: Apache-2.0
#include "llm/engine_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

namespace pgts::llm {
namespace {

std::vector<std::string> Bins(const TokenCounts& counts) {
  std::vector<std::string> bins;
  for (size_t i = 0; i < counts.widths.size(); ++i) {
    if (counts.widths[i] == 0) continue;
    const int least = 1 << i, most = 2 * least - 1;
    bins.push_back(least == most ? fmt::format("{}: {}", least, counts.widths[i])
                                 : fmt::format("{}-{}: {}", least, most, counts.widths[i]));
  }
  return bins;
}

}  // namespace

std::string EngineReport(const TokenCounts& counts) {
  if (counts.decodes == 0) return "";
  const int64_t first = counts.prompt + counts.evaluated + counts.scored;
  const double again =
      first > 0 ? static_cast<double>(counts.reevaluated) / static_cast<double>(first) : 0;
  const std::string restored =
      counts.restored > 0 ? fmt::format(", {} read for stored steps", counts.restored) : "";
  return fmt::format(
      "{} tokens written in {} evaluations, {:.2f} of the slots taken, {:.1f} % evaluated "
      "again{}; "
      "jobs in an evaluation: {}",
      counts.generated, counts.decodes, counts.Occupancy(), 100 * again, restored,
      fmt::join(Bins(counts), ", "));
}

std::optional<std::string> SlowWeightsAdvice(const ModelInfo& model) {
  for (const std::string_view slow : {"Q4_1", "Q5_0", "Q5_1"}) {
    if (model.description.find(slow) == std::string::npos) continue;
    return fmt::format(
        "{}: {} weights are slow on a CPU; `pgts quantize {} OUT.gguf q8_0` (or q4_0, smaller and "
        "faster still) can double its speed",
        model.path, slow, model.path);
  }
  return std::nullopt;
}

}  // namespace pgts::llm
