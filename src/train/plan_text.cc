// SPDX-License-Identifier: Apache-2.0
#include "train/plan_text.h"

#include <fmt/ranges.h>

#include <cmath>

#include "base/progress.h"
#include "base/table.h"

namespace pgts::train {
namespace {

std::string Cell(int64_t bytes) { return bytes > 0 ? BytesText(bytes) : "-"; }

std::string Room(const DeviceMemory& device) {
  if (device.capacity == 0) return "not known";
  return device.Fits() ? BytesText(device.HeadRoom())
                       : fmt::format("{} too little", BytesText(-device.HeadRoom()));
}

void AddPhase(const PhasePlan& phase, Table& table) {
  std::string name = phase.name;
  for (const DeviceMemory& device : phase.devices) {
    for (const PartMemory& part : phase.parts) {
      if (part.device != device.device) continue;
      table.Row({name, part.device, part.what, Cell(part.weights), Cell(part.kv),
                 Cell(part.scratch), Cell(part.optimiser), Cell(part.Total())});
      name.clear();
    }
    table.Row({"", device.device, "together", "", "", "", "", Cell(device.needed), Room(device)});
  }
}

std::string MemoryTable(const Plan& plan) {
  Table table({{"phase"},
               {"device"},
               {"part"},
               {"weights", Align::kRight},
               {"KV", Align::kRight},
               {"scratch", Align::kRight},
               {"optimiser", Align::kRight},
               {"sum", Align::kRight},
               {"head-room", Align::kRight}});
  for (size_t i = 0; i < plan.phases.size(); ++i) {
    if (i > 0) table.Rule();
    AddPhase(plan.phases[i], table);
  }
  return table.Text();
}

std::string Tokens(int64_t tokens) {
  if (tokens == 0) return "-";
  return tokens >= 1'000'000 ? fmt::format("{:.1f} M", static_cast<double>(tokens) / 1e6)
                             : fmt::format("{} k", (tokens + 999) / 1000);
}

std::string WorkTable(const Plan& plan) {
  Table table({{"phase"}, {"tokens written", Align::kRight}, {"time", Align::kRight}});
  for (const PhasePlan& phase : plan.phases) {
    table.Row({phase.name, Tokens(phase.tokens), FormatSeconds(phase.seconds)});
  }
  table.Row({"together", Tokens(plan.Tokens()), FormatSeconds(plan.Seconds())});
  return table.Text();
}

std::string RateText(const Plan& plan) {
  return fmt::format("{:.0f} tokens a second, {}", plan.rate.tokens_per_second, plan.rate.basis);
}

std::string AssumedText(const Assumptions& assumed) {
  return fmt::format(
      "assumed: problems of {} tokens, solutions of {} steps of {} tokens, {} CPU threads",
      assumed.prompt_tokens, assumed.steps, assumed.step_tokens, assumed.cpu_threads);
}

std::string ConcurrencyText(const Plan& plan) {
  const std::string widest =
      plan.widest == 0
          ? "there is room for none"
          : fmt::format("engine.width = {} is the widest with room for each", plan.widest);
  return fmt::format(
      "walks side by side: engine.width = {}; KV memory for {} paths of {} tokens that share "
      "nothing; {}",
      plan.width, plan.kv_sequences, plan.assumed.LongPath(), widest);
}

std::string VerdictText(const Plan& plan) {
  if (plan.Fits()) return "it fits";
  std::string text = "it does not fit: " + WhyItDoesNotFit(plan);
  for (size_t i = 1; i < plan.cures.size(); ++i) text += "\n  or with " + plan.cures[i];
  return text;
}

Json DeviceJson(const PhasePlan& phase, const DeviceMemory& device) {
  Json parts = Json::array();
  for (const PartMemory& part : phase.parts) {
    if (part.device != device.device) continue;
    parts.push_back({{"part", part.what},
                     {"weights", part.weights},
                     {"kv", part.kv},
                     {"scratch", part.scratch},
                     {"optimiser", part.optimiser},
                     {"sum", part.Total()}});
  }
  Json json = {{"device", device.device}, {"needed", device.needed}};
  json["capacity"] = device.capacity > 0 ? Json(device.capacity) : Json();
  json["kept_back"] = device.kept_back;
  json["head_room"] = device.capacity > 0 ? Json(device.HeadRoom()) : Json();
  json["fits"] = device.Fits();
  json["parts"] = std::move(parts);
  return json;
}

}  // namespace

std::string BytesText(int64_t bytes) {
  constexpr double kKiB = 1024;
  const auto value = static_cast<double>(bytes);
  if (value >= kKiB * kKiB * kKiB) return fmt::format("{:.1f} GiB", value / (kKiB * kKiB * kKiB));
  return fmt::format("{:.0f} MiB", std::ceil(value / (kKiB * kKiB)));
}

std::string PlanText(const Plan& plan) {
  std::string text;
  for (const PlannedModel& model : plan.models) {
    const double millions = static_cast<double>(model.parameters) / 1e6;
    text += fmt::format("{}: {} ({}, {}), {} weights\n", model.role, model.name, model.source,
                        model.weights,
                        millions < 1000 ? fmt::format("{:.1f} million", millions)
                                        : fmt::format("{:.2f} billion", millions / 1000));
  }
  text += fmt::format("reward model's kind: {}\n\n{}\n{}", plan.reward_kind, MemoryTable(plan),
                      WorkTable(plan));
  text += fmt::format("\n{}\n{}\n{}\nhost memory: {}\n", RateText(plan), AssumedText(plan.assumed),
                      ConcurrencyText(plan), BytesText(plan.HostMemory()));
  for (const std::string& fault : plan.faults) text += "missing: " + fault + "\n";
  return text + VerdictText(plan) + "\n";
}

std::vector<std::string> PlanLines(const Plan& plan) {
  std::vector<std::string> lines;
  for (const PhasePlan& phase : plan.phases) {
    std::vector<std::string> devices;
    for (const DeviceMemory& device : phase.devices) {
      devices.push_back(fmt::format(
          "{} {}{}", device.device, BytesText(device.needed),
          device.capacity > 0 ? fmt::format(" of {}", BytesText(device.capacity)) : ""));
    }
    lines.push_back(
        fmt::format("plan, {}: {}{}, {}", phase.name, fmt::join(devices, ", "),
                    phase.tokens > 0 ? fmt::format(", {} tokens", Tokens(phase.tokens)) : "",
                    FormatSeconds(phase.seconds)));
  }
  lines.push_back(fmt::format("plan: about {} at {} (pgts plan shows the parts)",
                              FormatSeconds(plan.Seconds()), RateText(plan)));
  return lines;
}

Json ToJson(const Plan& plan) {
  Json json = {{"fits", plan.Fits()}};
  json["models"] = Json::array();
  for (const PlannedModel& model : plan.models) {
    json["models"].push_back({{"role", model.role},
                              {"name", model.name},
                              {"source", model.source},
                              {"weights", model.weights},
                              {"parameters", model.parameters}});
  }
  json["reward_kind"] = plan.reward_kind;
  json["phases"] = Json::array();
  for (const PhasePlan& phase : plan.phases) {
    Json devices = Json::array();
    for (const DeviceMemory& device : phase.devices) devices.push_back(DeviceJson(phase, device));
    json["phases"].push_back({{"phase", phase.name},
                              {"tokens", phase.tokens},
                              {"seconds", phase.seconds},
                              {"devices", std::move(devices)}});
  }
  json["host_memory"] = plan.HostMemory();
  json["tokens"] = plan.Tokens();
  json["hours"] = plan.Seconds() / 3600;
  json["rate"] = {{"tokens_per_second", plan.rate.tokens_per_second},
                  {"measured", plan.rate.measured},
                  {"basis", plan.rate.basis}};
  json["assumed"] = {{"prompt_tokens", plan.assumed.prompt_tokens},
                     {"steps", plan.assumed.steps},
                     {"step_tokens", plan.assumed.step_tokens},
                     {"cpu_threads", plan.assumed.cpu_threads}};
  json["concurrency"] = {
      {"width", plan.width}, {"kv_paths", plan.kv_sequences}, {"widest", plan.widest}};
  json["missing"] = plan.faults;
  json["cures"] = plan.cures;
  return json;
}

}  // namespace pgts::train
