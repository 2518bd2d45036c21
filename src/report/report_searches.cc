// SPDX-License-Identifier: Apache-2.0
#include "report/report_searches.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/error.h"
#include "report/report_page.h"
#include "report/report_replay.h"
#include "search/trace.h"

namespace pgts::report {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kQuestionBegin = 120;  // bytes of a question in the list
constexpr const char* kColumns[] = {"group",   "method", "problem", "rollout",
                                    "verdict", "tokens", "nodes",   "question"};

int Verdict(const tree::Trajectory& trajectory) {
  if (!trajectory.correct) return -2;
  if (*trajectory.correct) return 1;
  return trajectory.answer ? 0 : -1;
}

// One search on its way to the page.
struct Replay {
  Json entry;  // of the list
  std::string packed;
};

Replay MakeReplay(const search::TracedSearch& search, const std::string& group,
                  int64_t text_bytes) {
  int64_t tokens = 0, nodes = 0;
  for (const tree::TrajectoryStep& step : search.trajectory.steps) {
    tokens += step.tokens;
    nodes += step.grown ? 1 : 0;
  }
  return {.entry = {{"group", group},
                    {"method", search.method},
                    {"problem", search.problem},
                    {"rollout", search.rollout},
                    {"verdict", Verdict(search.trajectory)},
                    {"tokens", tokens},
                    {"nodes", nodes},
                    {"question", CutText(search.question, kQuestionBegin)}},
          .packed = EscapeForHtml(JsonText(PackSearch(search, text_bytes)))};
}

// Keeps every n-th item of a stream; n doubles when what is kept outgrows its room.
class EvenShare {
 public:
  explicit EvenShare(int64_t room) : room_(room) {}

  void Add(Replay replay) {
    if (seen_++ % every_ != 0) return;
    bytes_ += Size(replay);
    kept_.push_back(std::move(replay));
    while (bytes_ > room_ && kept_.size() > 1) Halve();
  }

  int64_t seen() const { return seen_; }
  std::vector<Replay> Take() { return std::move(kept_); }

 private:
  // What it takes in the page: its data in an element of its own, and its entry in the list.
  static int64_t Size(const Replay& replay) {
    constexpr int64_t kElement = 60;
    return static_cast<int64_t>(replay.packed.size() + JsonText(replay.entry).size()) + kElement;
  }

  void Halve() {
    std::vector<Replay> half;
    bytes_ = 0;
    for (size_t i = 0; i < kept_.size(); i += 2) {
      bytes_ += Size(kept_[i]);
      half.push_back(std::move(kept_[i]));
    }
    kept_ = std::move(half);
    every_ *= 2;
  }

  int64_t room_, bytes_ = 0, seen_ = 0, every_ = 1;
  std::vector<Replay> kept_;
};

bool IsTraining(const std::string& file) {
  return fs::path(file).filename().string().starts_with("train");
}

// Those of a run folder, training or not, by name.
void AddTraces(const std::string& run, bool training, std::vector<std::string>& files) {
  const fs::path folder = fs::path(run) / "trajectories";
  if (!fs::is_directory(folder)) return;
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string file = entry.path().string();
    if (file.ends_with(".jsonl") && IsTraining(file) == training) found.push_back(file);
  }
  std::sort(found.begin(), found.end());
  files.insert(files.end(), found.begin(), found.end());
}

class Collector {
 public:
  explicit Collector(const ReplayLimits& limits) : limits_(limits) {
    for (const char* name : kColumns) columns_[name] = Json::array();
  }

  void Read(const std::string& file, int64_t room) {
    EvenShare share(room);
    try {
      search::TraceReader reader(file);
      while (const std::optional<search::TracedSearch> search = reader.Next()) {
        share.Add(MakeReplay(*search, fs::path(file).stem().string(), limits_.text_bytes));
      }
    } catch (const Error& error) {
      replays_.notes.push_back(error.what());
    }
    left_out_ += share.seen();
    for (Replay& replay : share.Take()) Keep(std::move(replay));
  }

  SearchReplays Finish() {
    if (replays_.searches.empty()) return std::move(replays_);
    replays_.list = std::move(columns_);
    replays_.list["left_out"] = left_out_;
    return std::move(replays_);
  }

 private:
  void Keep(Replay replay) {
    --left_out_;
    for (const char* name : kColumns) columns_[name].push_back(std::move(replay.entry[name]));
    replays_.searches.push_back(std::move(replay.packed));
  }

  const ReplayLimits& limits_;
  Json columns_;
  SearchReplays replays_;
  int64_t left_out_ = 0;
};

}  // namespace

std::vector<std::string> TraceFiles(const std::string& run, const std::string& evaluation) {
  std::vector<std::string> files;
  AddTraces(evaluation, /*training=*/false, files);
  AddTraces(run, /*training=*/true, files);
  return files;
}

SearchReplays ReadReplays(const std::vector<std::string>& files, const ReplayLimits& limits) {
  const int64_t training = std::count_if(files.begin(), files.end(), IsTraining);
  const int64_t others = static_cast<int64_t>(files.size()) - training;
  Collector collector(limits);
  for (const std::string& file : files) {
    collector.Read(file,
                   IsTraining(file) ? limits.training_bytes / training : limits.bytes / others);
  }
  return collector.Finish();
}

}  // namespace pgts::report
