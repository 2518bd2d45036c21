// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli polynomial, RFC 3720 appendix B.4): Crc32c("123456789") = 0xE3069283.
#pragma once

#include <cstdint>
#include <string_view>

namespace pgts {

// `crc` is the value so far: Crc32c(b, Crc32c(a)) = Crc32c(a + b).
uint32_t Crc32c(std::string_view bytes, uint32_t crc = 0);

// The rotation that TFRecord files store instead of the plain value.
uint32_t MaskedCrc32c(std::string_view bytes);

}  // namespace pgts
