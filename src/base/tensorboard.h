// SPDX-License-Identifier: Apache-2.0
// Writes scalars as a TensorBoard event file: TFRecord framing (length, masked CRC-32C of it, data,
// masked CRC-32C of them) around the protobuf messages Event { wall_time = 1, step = 2,
// file_version = 3, summary = 5 } and Summary.Value { tag = 1, simple_value = 2 }, encoded by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/files.h"

namespace pgts {

class TensorBoardWriter {
 public:
  // Writes <folder>/events.out.tfevents.pgts; the name is fixed so that a resumed run goes on in
  // the same file. keep: see AppendFile.
  explicit TensorBoardWriter(const std::string& folder, std::optional<int64_t> keep = std::nullopt);

  // A tag like "policy/entropy". wall_time: seconds since 1970; default now.
  void Scalar(std::string_view tag, double value, int64_t step,
              std::optional<double> wall_time = std::nullopt);
  void Flush() { file_.Flush(); }
  void Sync() { file_.Sync(); }
  int64_t length() const { return file_.length(); }

 private:
  void WriteRecord(std::string_view event);

  AppendFile file_;
};

}  // namespace pgts
