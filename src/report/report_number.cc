// SPDX-License-Identifier: Apache-2.0
#include "report/report_number.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>

namespace pgts::report {

Json Rounded(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<int64_t>(value);
  return std::strtod(fmt::format("{:.5g}", value).c_str(), nullptr);
}

}  // namespace pgts::report
