// SPDX-License-Identifier: Apache-2.0
#include "reward/contract_json.h"

#include <cmath>
#include <utility>

#include "base/error.h"

namespace pgts::reward {
namespace {

constexpr const char* kFormat = "pgts reward model";

// Reads fields of one JSON object; every failure names the file and the field.
class Fields {
 public:
  Fields(const Json& json, const std::string& path) : json_(json), path_(path) {
    if (!json.is_object()) Throw("the file");
  }

  std::string Text(const char* field) const {
    const Json& value = Get(field);
    if (!value.is_string()) Throw(field);
    return value.get<std::string>();
  }
  double Number(const char* field) const {
    const Json& value = Get(field);
    if (!value.is_number() || !std::isfinite(value.get<double>())) Throw(field);
    return value.get<double>();
  }
  int Count(const char* field) const {
    const double value = Number(field);
    if (value < 0 || value > INT32_MAX || value != std::floor(value)) Throw(field);
    return static_cast<int>(value);
  }
  Fields Group(const char* field) const { return Fields(Get(field), path_); }
  const Json& Get(const char* field) const {
    const auto at = json_.find(field);
    if (at == json_.end()) Throw(field);
    return *at;
  }
  [[noreturn]] void Throw(const char* field) const {
    throw Error::Format(
        "{}: '{}' is missing or damaged; copy the folder again or train phase 1 "
        "again",
        path_, field);
  }

 private:
  const Json& json_;
  const std::string& path_;
};

void CheckFormat(const Fields& fields, const std::string& path) {
  if (fields.Text("format") != kFormat) fields.Throw("format");
  if (const int version = fields.Count("version"); version != kRewardModelVersion) {
    throw Error::Format(
        "{}: version {}, this program reads version {}: use the program that wrote "
        "it, or train phase 1 again",
        path, version, kRewardModelVersion);
  }
}

Json ToJson(const GateReading& gate) {
  return {{"extraction_rate", gate.extraction_rate},
          {"cut_off_rate", gate.cut_off_rate},
          {"right_share", gate.right_share},
          {"step_auc", gate.step_auc},
          {"max_new_tokens", gate.max_new_tokens}};
}

GateReading ReadGate(const Fields& fields) {
  const auto number = [&](const char* field) {  // null: not measured
    return fields.Get(field).is_null() ? std::nan("") : fields.Number(field);
  };
  return {.extraction_rate = number("extraction_rate"),
          .cut_off_rate = fields.Number("cut_off_rate"),
          .right_share = fields.Number("right_share"),
          // Null where one class was missing: the gate does not pass on it.
          .step_auc = number("step_auc"),
          .max_new_tokens = fields.Count("max_new_tokens")};
}

Json ToJson(Calibration calibration) {
  Json json;
  const auto write = [&json](const char* kind, Logistic& logistic) {
    const auto write_value = [&](const char* name, double value) { json[kind][name] = value; };
    logistic.Visit(write_value);
  };
  calibration.Visit(write);
  return json;
}

Calibration ReadCalibration(const Fields& fields) {
  Calibration calibration;
  const auto read = [&fields](const char* kind, Logistic& logistic) {
    const Fields values = fields.Group(kind);
    const auto read_value = [&](const char* name, double& value) { value = values.Number(name); };
    logistic.Visit(read_value);
  };
  calibration.Visit(read);
  return calibration;
}

bool ReadAnswerEnd(const Fields& fields) {
  const Json& value = fields.Get("answer_has_separator");
  if (!value.is_boolean()) fields.Throw("answer_has_separator");
  return value.get<bool>();
}

GeneratorContract ReadGenerator(const Fields& fields) {
  return {.file = fields.Text("file"),
          .hash = fields.Text("hash"),
          .vocabulary = fields.Count("vocabulary"),
          .separator = fields.Text("separator"),
          .prompt = fields.Text("prompt"),
          .task = fields.Text("task")};
}

}  // namespace

Json ToJson(const RewardModel& m, const FileHashes& hashes) {
  const GeneratorContract& g = m.generator;
  Json files = Json::object();
  if (WeightsFile(m.kind) != nullptr) files[WeightsFile(m.kind)] = hashes.weights;
  files["head.safetensors"] = hashes.head;
  return {{"format", kFormat},
          {"version", kRewardModelVersion},
          {"kind", KindName(m.kind)},
          {"base", {{"file", m.base_file}, {"hash", m.base_hash}}},
          {"generator",
           {{"file", g.file},
            {"hash", g.hash},
            {"vocabulary", g.vocabulary},
            {"separator", g.separator},
            {"prompt", g.prompt},
            {"task", g.task}}},
          {"files", std::move(files)},
          {"answer_has_separator", m.answer_has_separator},
          {"threshold", m.threshold},
          {"calibration", ToJson(m.calibration)},
          {"metrics", ToJson(m.metrics)},
          {"gate", ToJson(m.gate)},
          {"training", m.training}};
}

RewardModel RewardModelFromJson(const Json& json, const std::string& path, FileHashes& hashes) {
  const Fields fields(json, path);
  CheckFormat(fields, path);
  const Kind kind = ParseKind(fields.Text("kind"), path);
  const Fields files = fields.Group("files");
  hashes.head = files.Text("head.safetensors");
  if (WeightsFile(kind) != nullptr) hashes.weights = files.Text(WeightsFile(kind));
  RewardModel m{.kind = kind,
                .base_file = fields.Group("base").Text("file"),
                .base_hash = fields.Group("base").Text("hash"),
                .generator = ReadGenerator(fields.Group("generator")),
                .threshold = fields.Number("threshold"),
                .calibration = ReadCalibration(fields.Group("calibration")),
                .metrics = MetricsFromJson(fields.Get("metrics")),
                .gate = ReadGate(fields.Group("gate")),
                .training = fields.Get("training"),
                .answer_has_separator = ReadAnswerEnd(fields)};
  if (m.threshold < 0 || m.threshold > 1) fields.Throw("threshold");
  if (!m.calibration.InOrder()) fields.Throw("calibration");
  return m;
}

}  // namespace pgts::reward
