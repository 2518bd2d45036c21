// SPDX-License-Identifier: Apache-2.0
#include "base/tensorboard.h"

#include <chrono>

#include "base/binary.h"
#include "base/crc32c.h"

namespace pgts {
namespace {

// Protobuf keys: field number << 3 | wire type (0 varint, 1 eight bytes, 2 length, 5 four bytes).
constexpr char kEventWallTime = 1 << 3 | 1;
constexpr char kEventStep = 2 << 3 | 0;
constexpr char kEventFileVersion = 3 << 3 | 2;
constexpr char kEventSummary = 5 << 3 | 2;
constexpr char kSummaryValue = 1 << 3 | 2;
constexpr char kValueTag = 1 << 3 | 2;
constexpr char kValueSimple = 2 << 3 | 5;

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}

template <typename T>
std::string Fixed(T value) {
  return RecordBuilder().Put(value).bytes();
}

std::string Message(char key, std::string_view bytes) {
  return key + Varint(bytes.size()) + std::string(bytes);
}

double Now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

}  // namespace

TensorBoardWriter::TensorBoardWriter(const std::string& folder, std::optional<int64_t> keep)
    : file_(folder + "/events.out.tfevents.pgts", keep) {
  if (file_.length() > 0) return;
  WriteRecord(kEventWallTime + Fixed(Now()) + Message(kEventFileVersion, "brain.Event:2"));
}

void TensorBoardWriter::Scalar(std::string_view tag, double value, int64_t step,
                               std::optional<double> wall_time) {
  const std::string scalar =
      Message(kValueTag, tag) + kValueSimple + Fixed(static_cast<float>(value));
  WriteRecord(kEventWallTime + Fixed(wall_time.value_or(Now())) + kEventStep +
              Varint(static_cast<uint64_t>(step)) +
              Message(kEventSummary, Message(kSummaryValue, scalar)));
}

void TensorBoardWriter::WriteRecord(std::string_view event) {
  const std::string length = Fixed(static_cast<uint64_t>(event.size()));
  file_.Append(length + Fixed(MaskedCrc32c(length)));
  file_.Append(std::string(event) + Fixed(MaskedCrc32c(event)));
}

}  // namespace pgts
