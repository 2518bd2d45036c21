// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pgts::llm {

using Token = int32_t;  // an id in the model's own vocabulary

}  // namespace pgts::llm
