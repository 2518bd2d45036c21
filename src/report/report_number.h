// SPDX-License-Identifier: Apache-2.0
// Numbers as a report carries them: short.
#pragma once

#include <cmath>

#include "base/jsonl.h"

namespace pgts::report {

// `value` to five significant digits: more than a picture shows. NaN and infinities become null.
Json Rounded(double value);

// `value` in units of 1/scale as a whole number; null where it is none.
inline Json InUnits(double value, double scale) {
  if (!std::isfinite(value)) return nullptr;
  return std::llround(value * scale);
}

}  // namespace pgts::report
