// SPDX-License-Identifier: Apache-2.0
#include "train/resume_state.h"

#include "base/error.h"
#include "base/files.h"
#include "base/jsonl.h"

namespace pgts::train {
namespace {

Json ToJson(const ValidationLine& line) {
  return {{"accuracy", line.accuracy}, {"tokens", line.tokens}};
}

ValidationLine ReadLine(const Json& json) {
  return {.accuracy = json.at("accuracy"), .tokens = json.at("tokens")};
}

}  // namespace

void WriteResumeState(const session::RunFolder& folder, const ResumeState& state) {
  const Json json = {{"version", 1},
                     {"iteration", state.iteration},
                     {"store_steps", state.store.steps},
                     {"store_scores", state.store.scores},
                     {"metrics", state.metrics},
                     {"events", state.events},
                     {"trajectories", state.trajectories},
                     {"best_iteration", state.best_iteration},
                     {"best_return", state.best_return},
                     {"validation_cot", ToJson(state.validation_cot)},
                     {"validation_teacher", ToJson(state.validation_teacher)},
                     {"seconds", state.seconds}};
  WriteFileAtomic(folder.ResumeState(), JsonPretty(json));
}

ResumeState ReadResumeState(const session::RunFolder& folder) {
  const std::string path = folder.ResumeState();
  if (!FileExists(path)) return {};
  const Json json = ReadJsonFile(path);
  try {
    return {.iteration = json.at("iteration"),
            .store = {json.at("store_steps"), json.at("store_scores")},
            .metrics = json.at("metrics"),
            .events = json.at("events"),
            .trajectories = json.at("trajectories"),
            .best_iteration = json.at("best_iteration"),
            .best_return = json.at("best_return"),
            .validation_cot = ReadLine(json.at("validation_cot")),
            .validation_teacher = ReadLine(json.at("validation_teacher")),
            .seconds = json.at("seconds")};
  } catch (const nlohmann::json::exception& e) {
    throw Error::Format("{}: not a resume state of this version ({}); start a new run", path,
                        e.what());
  }
}

}  // namespace pgts::train
