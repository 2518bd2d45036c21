// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <thread>

#include "base/table.h"
#include "build_info.h"

namespace pgts::bench {
namespace {

std::string CpuName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

double MemoryGb() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<double>(sysconf(_SC_PAGE_SIZE)) / 1e9;
}

std::string Cell(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number_float()) return value.dump();
  const double number = value.get<double>();
  return std::abs(number) >= 100 ? fmt::format("{:.0f}", number) : fmt::format("{:.3g}", number);
}

void PrintTable(const std::vector<BenchRow>& rows) {
  std::vector<Column> columns;
  for (const auto& [key, value] : rows.front()) {
    columns.push_back({key, value.is_string() ? Align::kLeft : Align::kRight});
  }
  Table table(columns);
  for (const BenchRow& row : rows) {
    std::vector<std::string> cells;
    for (const auto& [key, value] : row) cells.push_back(Cell(value));
    table.Row(std::move(cells));
  }
  fmt::print("{}", table.Text());
}

Json MachineAndBuild() {
  return {{"cpu", CpuName()},
          {"cores", std::thread::hardware_concurrency()},
          {"memory_gb", std::round(MemoryGb())},
          {"build", kBuildType},
          {"compiler", kCompiler},
          {"commit", kCommit}};
}

}  // namespace

void PrintBench(const std::string& bench, const std::vector<BenchRow>& rows, bool json) {
  if (rows.empty()) return;
  if (!json) return PrintTable(rows);
  const Json machine = MachineAndBuild();
  for (const BenchRow& row : rows) {
    Json line = {{"bench", bench}};
    for (const auto& [key, value] : row) line[key] = value;
    line.update(machine);
    fmt::print("{}\n", JsonText(line));
  }
}

}  // namespace pgts::bench
