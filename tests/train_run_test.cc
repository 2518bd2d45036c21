// SPDX-License-Identifier: Apache-2.0
// Whole training runs of the program on the embedded model, very small: one seed gives one result,
// byte for byte, also across kills at any point and resumes.
//
// What may differ: measured time, that is JSON fields named `seconds` or `..._seconds`, the last
// field of a stored step or score, the times of TensorBoard events, and training.log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/binary.h"
#include "base/files.h"
#include "base/jsonl.h"
#include "base/temp_folder.h"
#include "program.h"
#include "rpc_servers.h"

namespace pgts {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

using Arguments = std::vector<std::string>;
using Content = std::map<std::string, std::string>;  // name to what must be the same

const Arguments kTiny = {"reward_data.train_problems=10",
                         "reward_data.validation_problems=6",
                         "reward_data.rollouts_per_problem=2",
                         "reward_data.completions=2",
                         "reward_data.held_out_completions=2",
                         "reward_data.concurrent_rollouts=3",
                         "reward_training.batch_size=4",
                         "reward_training.num_epochs=1",
                         "gate.gate=warn",
                         "warm_start.tuning_problems=3",
                         "warm_start.problems=6",
                         "warm_start.epochs=1",
                         "policy_network.hidden_dim=16",
                         "policy_training.learning_rate=0.01",
                         "policy_training.num_iterations=3",
                         "policy_training.problems_per_iteration=3",
                         "policy_training.rollouts_per_problem=2",
                         "policy_training.validation_problems=3",
                         "policy_training.validate_every=1",
                         "policy_training.checkpoint_every=2",
                         "policy_training.ppo_epochs=2",
                         "policy_training.batch_size=16",
                         "search.max_nodes=10",
                         "engine.width=6",
                         "engine.context=512",
                         "engine.threads=1"};

bool IsTime(const std::string& key) { return key == "seconds" || key.ends_with("_seconds"); }

Json WithoutTimes(const Json& value) {
  if (!value.is_structured()) return value;
  Json out = value.is_array() ? Json::array() : Json::object();
  for (const auto& [key, item] : value.items()) {
    if (value.is_array()) out.push_back(WithoutTimes(item));
    if (value.is_object() && !IsTime(key)) out[key] = WithoutTimes(item);
  }
  return out;
}

enum class Phases { kTwo, kBoth };

// Phase 1's records come first, of kinds that begin with "reward".
std::string MetricsWithoutTimes(const std::string& path, Phases phases) {
  std::string text;
  for (const Json& line : ReadJsonl(path)) {
    const bool phase_one = line.at("kind").get<std::string>().starts_with("reward");
    if (phase_one && phases == Phases::kTwo) continue;
    text += JsonText(WithoutTimes(line)) + "\n";
  }
  return text;
}

// Stored steps and scores end in their seconds (world/store.h).
std::string RecordsWithoutTimes(const std::string& path) {
  std::string text;
  RecordReader reader(path);
  while (const auto payload = reader.Next()) text += payload->substr(0, payload->size() - 8);
  return text;
}

Content PhaseTwo(const std::string& run) {
  Content content;
  for (const char* file :
       {"policy_final.safetensors", "resume/policy_3.safetensors",
        "policy_checkpoints/checkpoint_2.safetensors", "trajectories/train.jsonl"}) {
    content[file] = ReadFile(run + "/" + file);
  }
  content["metrics"] = MetricsWithoutTimes(run + "/metrics.jsonl", Phases::kTwo);
  content["events"] = std::to_string(fs::file_size(run + "/events.out.tfevents.pgts"));
  content["resume files"] =
      std::to_string(std::distance(fs::directory_iterator(run + "/resume"), {}));
  return content;
}

Content WholeRun(const std::string& run) {
  Content content = PhaseTwo(run);
  content["all metrics"] = MetricsWithoutTimes(run + "/metrics.jsonl", Phases::kBoth);
  for (const char* file : {"config.yaml", "reward_data/train.jsonl", "reward_data/validation.jsonl",
                           "reward_data/stats.json", "reward_model_final/model.gguf",
                           "reward_model_final/head.safetensors"}) {
    content[file] = ReadFile(run + "/" + file);
  }
  content["reward model"] =
      JsonText(WithoutTimes(ReadJsonFile(run + "/reward_model_final/reward_model.json")));
  content["steps"] = RecordsWithoutTimes(run + "/world/steps.bin");
  content["scores"] = RecordsWithoutTimes(run + "/world/scores.bin");
  return content;
}

// Names what differs rather than printing megabytes.
void ExpectSame(const Content& a, const Content& b) {
  for (const auto& [name, text] : a) {
    ASSERT_FALSE(text.empty()) << name;
    EXPECT_TRUE(text == b.at(name)) << name << " differs";
  }
}

class TrainRunTest : public ::testing::Test {
 protected:
  std::string Run(const std::string& name) const { return folder_.File(name); }
  std::string Log(const std::string& run) const { return ReadFile(Run(run) + "/training.log"); }
  std::string Output(const std::string& run) const { return ReadFile(folder_.File(run + ".out")); }

  Program Start(const std::string& run, const Arguments& more = {}) const {
    return Begin("train", run, more);
  }
  Program Begin(const std::string& command, const std::string& run,
                const Arguments& more = {}) const {
    Arguments arguments = {command, "--output_dir", Run(run)};
    for (const std::string& assignment : kTiny)
      arguments.insert(arguments.end(), {"--set", assignment});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Program(arguments, folder_.File(run + ".out"));
  }
  Program Resume(const std::string& run) const {
    return Program({"train", "--resume", Run(run)}, folder_.File(run + ".out"));
  }

  Program Do(const Arguments& arguments, const std::string& run) const {
    return Program(arguments, folder_.File(run + ".out"));
  }

  void ExpectEnds(Program program, const std::string& run) const {
    EXPECT_EQ(program.Wait(), 0) << Output(run);
  }

  // Kills the program as soon as it has come so far; it must not have ended by then.
  int KillOnce(const std::function<bool()>& come_so_far, Program program, int signal) const {
    while (program.Running() && !come_so_far()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_TRUE(program.Running()) << "ended before it was killed";
    return program.Kill(signal);
  }

  std::function<bool()> Logs(const std::string& run, const std::string& text) const {
    return [=, this] {
      return FileExists(Run(run) + "/training.log") && Log(run).find(text) != std::string::npos;
    };
  }
  // The resume state counts so many iterations as done; -1: a chunk of phase 1's data.
  std::function<bool()> HasFinished(const std::string& run, int iteration) const {
    return [=, this] {
      const std::string state = Run(run) + "/resume/state.json";
      return FileExists(state) && ReadJsonFile(state).at("iteration") == iteration;
    };
  }

  // What a kill later than this one would have left: worlds as they become, torn lines.
  void WriteBeyondItsState(const std::string& run, const std::string& whole) const {
    for (const char* file : {"/world/steps.bin", "/world/scores.bin"}) {
      fs::copy_file(Run(whole) + file, Run(run) + file, fs::copy_options::overwrite_existing);
    }
    for (const char* file :
         {"/metrics.jsonl", "/trajectories/train.jsonl", "/events.out.tfevents.pgts"}) {
      AppendFile(Run(run) + file).Append("{\"torn\": ");
    }
  }

  TempFolder folder_;
};

TEST_F(TrainRunTest, OneSeedGivesOneResultAlsoWhenPhaseTwoRunsAlone) {
  ExpectEnds(Start("first"), "first");
  const Content first = WholeRun(Run("first"));
  ExpectEnds(Start("again"), "again");
  ExpectSame(first, WholeRun(Run("again")));
  ExpectEnds(Start("alone", {"--skip_reward_training", "--reward_model_path",
                             Run("first") + "/reward_model_final"}),
             "alone");
  ExpectSame(PhaseTwo(Run("first")), PhaseTwo(Run("alone")));
  EXPECT_FALSE(fs::exists(Run("alone") + "/reward_data"));
}

TEST_F(TrainRunTest, KilledInPhaseOneItEndsTheSame) {
  ExpectEnds(Start("whole"), "whole");
  KillOnce(Logs("cut", "phase 1: the reward model"), Start("cut"), SIGKILL);
  WriteBeyondItsState("cut", "whole");
  KillOnce(HasFinished("cut", -1), Resume("cut"), SIGKILL);
  WriteBeyondItsState("cut", "whole");
  KillOnce(Logs("cut", "phase 1 step 1/"), Resume("cut"), SIGKILL);
  ExpectEnds(Resume("cut"), "cut");
  ExpectSame(WholeRun(Run("whole")), WholeRun(Run("cut")));
}

TEST_F(TrainRunTest, KilledInPhaseTwoItEndsTheSame) {
  ExpectEnds(Start("whole"), "whole");
  KillOnce(Logs("cut", "phase 2: the policy"), Start("cut"), SIGKILL);
  WriteBeyondItsState("cut", "whole");
  KillOnce(HasFinished("cut", 1), Resume("cut"), SIGKILL);
  WriteBeyondItsState("cut", "whole");
  EXPECT_EQ(KillOnce(HasFinished("cut", 2), Resume("cut"), SIGINT), 130);
  EXPECT_THAT(Output("cut"), HasSubstr("pgts train --resume " + Run("cut")));
  ExpectEnds(Resume("cut"), "cut");
  ExpectSame(WholeRun(Run("whole")), WholeRun(Run("cut")));
}

// Generator and judge on a device each, which work side by side.
TEST_F(TrainRunTest, KilledOnTwoDevicesItEndsTheSame) {
  const RpcServers servers(2);
  setenv("PGTS_RPC_DEVICES", servers.List().c_str(), 1);
  const Arguments devices = {"--set", "generator.device=cuda:0", "--set",
                             "reward_model.device=cuda:1"};
  ExpectEnds(Start("whole", devices), "whole");
  KillOnce(HasFinished("cut", 1), Start("cut", devices), SIGKILL);
  WriteBeyondItsState("cut", "whole");
  ExpectEnds(Resume("cut"), "cut");
  unsetenv("PGTS_RPC_DEVICES");
  ExpectSame(WholeRun(Run("whole")), WholeRun(Run("cut")));
}

// `pgts data`, `pgts train-reward` and the rest are `pgts train`.
TEST_F(TrainRunTest, PhaseOneInHalvesIsPhaseOne) {
  ExpectEnds(Start("whole"), "whole");
  KillOnce(Logs("halves", "phase 1: labelled steps"), Begin("data", "halves"), SIGKILL);
  WriteBeyondItsState("halves", "whole");
  ExpectEnds(Do({"data", "--resume", Run("halves")}, "halves"), "halves");
  EXPECT_FALSE(fs::exists(Run("halves") + "/reward_model_final"));
  ExpectEnds(Do({"train-reward", Run("halves")}, "halves"), "halves");
  ExpectEnds(Resume("halves"), "halves");
  ExpectSame(WholeRun(Run("whole")), WholeRun(Run("halves")));

  // A finished run's data is written out as it is, and its reward model stays.
  ExpectEnds(Do({"data", "--resume", Run("halves"), "--export", Run("trl")}, "halves"), "halves");
  EXPECT_EQ(ReadJsonl(Run("trl") + "/train.jsonl").size(),
            ReadJsonl(Run("halves") + "/reward_data/train.jsonl").size());
  EXPECT_EQ(Do({"train-reward", Run("halves")}, "again").Wait(), 2);
  EXPECT_THAT(Output("again"), HasSubstr("holds a reward model already"));
  ExpectSame(WholeRun(Run("whole")), WholeRun(Run("halves")));
}

TEST_F(TrainRunTest, ARunIsScoredAndExamined) {
  WriteFileAtomic(Run("held_out.jsonl"),
                  R"({"prompt": "H?", "completions": ["1+1=2", "#### 3"], "labels": [true, false]})"
                  "\n");
  ExpectEnds(Begin("data", "run", {"--import-held-out", Run("held_out.jsonl")}), "run");
  ExpectEnds(Do({"train-reward", Run("run")}, "run"), "run");
  EXPECT_THAT(Output("run"), HasSubstr("a bag of words on the same split"));

  WriteFileAtomic(Run("many.jsonl"),
                  R"({"question": "Q?", "solution": "1+1=2\n#### 2"})"
                  "\n"
                  R"({"prompt": "Q?", "completions": ["2"], "labels": [true]})"
                  "\n" +
                      JsonText({{"question", "Q?"}, {"solution", std::string(3000, '1')}}) + "\n");
  Program score(
      {"score", "--reward_model_path", Run("run"), "--jsonl", Run("many.jsonl"), "--json"},
      folder_.File("score.out"), folder_.File("score.err"));
  EXPECT_EQ(score.Wait(), 0);
  EXPECT_THAT(ReadFile(folder_.File("score.err")), HasSubstr("1 of 3 solutions are too long"));
  const std::vector<Json> scored = ReadJsonl(folder_.File("score.out"));
  ASSERT_EQ(scored.size(), 3u);
  ASSERT_EQ(scored[0]["steps"].size(), 2u);
  EXPECT_EQ(scored[0]["steps"][1]["text"], "#### 2");
  EXPECT_EQ(scored[0]["steps"][1]["wrong_equations"], 0);
  EXPECT_GT(scored[1]["steps"][0]["score"], 0);
  EXPECT_THAT(scored[2]["error"], HasSubstr("tokens and the context holds"));

  // The other kinds learn from the same data, and what they leave judges a solution.
  for (const char* kind : {"head", "lora"}) {
    SCOPED_TRACE(kind);
    ExpectEnds(Do({"train-reward", Run("run"), "--output-dir", Run(kind), "--set",
                   std::string("reward_model.kind=") + kind},
                  kind),
               kind);
    Program judge({"score", "2+2?", "2+2=4\n#### 4", "--reward_model_path", Run(kind), "--json"},
                  folder_.File("judged"), folder_.File("errors"));
    EXPECT_EQ(judge.Wait(), 0) << ReadFile(folder_.File("errors"));
    EXPECT_EQ(Json::parse(ReadFile(folder_.File("judged")))["steps"].size(), 2u);
  }

  // More is asked of the generator than it can do; each finding is in both reports.
  const Arguments doctor = {"doctor", Run("run"), "--limit",
                            "4",      "--set",    "gate.min_right_share=1"};
  Program table = Do(doctor, "table");
  EXPECT_EQ(table.Wait(), 1);
  EXPECT_THAT(Output("table"), HasSubstr("to fix:"));
  Arguments as_json = doctor;
  as_json.push_back("--json");
  Program json(as_json, folder_.File("json"), folder_.File("errors"));
  EXPECT_EQ(json.Wait(), 1);
  const Json diagnosis = ReadJsonFile(folder_.File("json"));
  EXPECT_EQ(diagnosis["healthy"], false);
  for (const Json& finding : diagnosis["findings"]) {
    EXPECT_THAT(Output("table"), HasSubstr(finding["name"].get<std::string>()));
    EXPECT_EQ(finding["passed"], finding["problem"] == "");
  }
}

TEST_F(TrainRunTest, APolicySearchesWithItsOwnRewardModelAlone) {
  ExpectEnds(Start("run"), "run");
  ExpectEnds(Do({"train-reward", Run("run"), "--output-dir", Run("other"), "--set", "run.seed=7"},
                "other"),
             "other");
  const std::string own = Run("run") + "/reward_model_final",
                    other = Run("other") + "/reward_model_final";
  const auto expect_refusal = [&](const Arguments& arguments) {
    SCOPED_TRACE(arguments.front());
    EXPECT_EQ(Do(arguments, "refused").Wait(), 2);
    EXPECT_THAT(Output("refused"), HasSubstr("learnt on the scores of reward model"));
  };
  expect_refusal(
      {"eval", "--policy-checkpoint", Run("run"), "--reward-model-path", other, "--limit", "1"});
  expect_refusal(
      {"solve", "--policy-checkpoint", Run("run"), "--reward-model-path", other, "2+2?"});
  fs::remove_all(own);
  fs::copy(other, own, fs::copy_options::recursive);
  WriteFileAtomic(Run("compare.yaml"),
                  "compare: {budgets: [30], problems: 2, tuning_problems: 1}\n");
  expect_refusal({"compare", Run("compare.yaml"), "--run", Run("run"), "--output-dir", Run("out")});
  expect_refusal({"train", "--resume", Run("run"), "--set", "policy_training.num_iterations=4"});
}

int64_t FilesIn(const std::string& folder) {
  return fs::exists(folder) ? std::distance(fs::directory_iterator(folder), {}) : 0;
}

// Every method, and all that it says is the same where it was killed on the way.
TEST_F(TrainRunTest, ARunsMethodsAreComparedAtTheSameBudgets) {
  ExpectEnds(Start("run"), "run");
  WriteFileAtomic(Run("compare.yaml"),
                  "compare: {budgets: [30, 60], problems: 2, tuning_problems: 1}\n");
  const auto compare = [&](const std::string& out) {
    return Do({"compare", Run("compare.yaml"), "--run", Run("run"), "--output-dir", Run(out)}, out);
  };
  ExpectEnds(compare("whole"), "whole");
  KillOnce([&] { return FilesIn(Run("cut") + "/cells") >= 7; }, compare("cut"), SIGKILL);
  AppendFile(Run("cut") + "/world/steps.bin").Append("torn");
  EXPECT_EQ(KillOnce([&] { return FilesIn(Run("cut") + "/cells") >= 27; }, compare("cut"), SIGINT),
            130);
  ExpectEnds(compare("cut"), "cut");

  const Json comparison = ReadJsonFile(Run("whole") + "/comparison.json");
  EXPECT_EQ(comparison.at("methods").size(), 26u);
  for (const auto& [method, points] : comparison.at("methods").items()) {
    for (const Json& point : points) {
      // More than the budget by the step under way at most: here 24 tokens.
      EXPECT_LT(point.at("tokens_per_problem"), point.at("budget").get<int>() + 24) << method;
    }
  }
  EXPECT_EQ(ReadFile(Run("cut") + "/comparison.json"), ReadFile(Run("whole") + "/comparison.json"));
  EXPECT_EQ(ReadFile(Run("cut") + "/comparison.svg"), ReadFile(Run("whole") + "/comparison.svg"));
  const std::string results = "/results_word_problems.json";
  EXPECT_EQ(JsonText(WithoutTimes(ReadJsonFile(Run("cut") + results)["pgts"])),
            JsonText(WithoutTimes(ReadJsonFile(Run("whole") + results)["pgts"])));
}

TEST_F(TrainRunTest, ARunIsNotBegunTwiceAndNothingIsResumedThatIsNoRun) {
  fs::create_directories(Run("taken"));
  WriteFileAtomic(Run("taken") + "/config.yaml", "run:\n");
  fs::create_directories(Run("taken") + "/reward_data");
  EXPECT_EQ(Start("taken").Wait(), 2);
  EXPECT_THAT(Output("taken"), HasSubstr("holds a run already"));
  EXPECT_EQ(Resume("none").Wait(), 2);
  EXPECT_THAT(Output("none"), HasSubstr("no such file or folder"));
}

}  // namespace
}  // namespace pgts
