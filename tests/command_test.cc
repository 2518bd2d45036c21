// SPDX-License-Identifier: Apache-2.0
// The pgts program given what it cannot use: one line on stderr that names the thing, the place and
// the cure, exit code 2, nothing written. And what it prints where there is no terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/files.h"
#include "base/jsonl.h"
#include "base/temp_folder.h"
#include "hub/fake_hub.h"
#include "program.h"

namespace pgts {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kQuestion = "Tom has 14 pens. He buys 9 and doubles them. How many pens now?";
const std::string kTinyModel = PGTS_SOURCE_DIR "/models/tiny.gguf";

struct Output {
  int code = -1;  // -1: a signal ended it
  std::string out, err;
};

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() { unsetenv("PGTS_DATA"); }

  std::unique_ptr<Program> Start(const std::vector<std::string>& arguments) const {
    return std::make_unique<Program>(arguments, folder_.File("stdout"), folder_.File("stderr"));
  }

  Output Finish(Program& program) const {
    const int code = program.Wait();
    return {code, ReadFile(folder_.File("stdout")), ReadFile(folder_.File("stderr"))};
  }

  Output Run(const std::vector<std::string>& arguments) const { return Finish(*Start(arguments)); }

  // The one line on stderr of a command that must end with code 2 and print nothing else.
  std::string Refused(const std::vector<std::string>& arguments) const {
    const Output output = Run(arguments);
    EXPECT_EQ(output.code, 2) << output.err;
    EXPECT_EQ(std::count(output.err.begin(), output.err.end(), '\n'), 1) << output.err;
    EXPECT_THAT(output.err, ::testing::StartsWith("pgts: "));
    return output.err;
  }

  std::string Write(const std::string& name, const std::string& bytes) const {
    WriteFileAtomic(folder_.File(name), bytes);
    return folder_.File(name);
  }

  TempFolder folder_;
  hub::HubEnvironment environment_;  // no models and data but those of a test
};

TEST_F(CommandTest, ModelsByNameAreFetchedOnceAndListed) {
  hub::FakeHub hub;
  environment_.Set("HF_ENDPOINT", hub.endpoint());
  environment_.Set("HF_TOKEN", "hf_secret");
  hub->repositories["Qwen/Qwen3-0.6B-GGUF"].files["Qwen3-0.6B-Q8_0.gguf"] = ReadFile(kTinyModel);
  hub->faults["Qwen3-0.6B-Q8_0.gguf"].cut_after = 1000000;
  EXPECT_THAT(Run({"models"}).out, AllOf(HasSubstr("no models in"), HasSubstr("pgts pull")));
  const Output pulled = Run({"pull", "Qwen/Qwen3-0.6B"});
  EXPECT_EQ(pulled.code, 0);
  EXPECT_THAT(pulled.err, AllOf(HasSubstr("licence apache-2.0"), Not(HasSubstr("hf_secret"))));
  EXPECT_THAT(pulled.out, HasSubstr("Qwen3-0.6B-Q8_0.gguf\n"));
  EXPECT_THAT(Run({"models"}).out,
              AllOf(HasSubstr("Qwen/Qwen3-0.6B-GGUF"), HasSubstr("Q8_0"), HasSubstr("MB")));
  environment_.Set("HF_HUB_OFFLINE", "1");
  EXPECT_EQ(Run({"solve", "--model", "Qwen/Qwen3-0.6B", "--prompt", "plain", kQuestion}).code, 0);
  EXPECT_EQ(Run({"bench", "decode", "--model", "Qwen/Qwen3-0.6B", "--help"}).code, 0);
}

TEST_F(CommandTest, ModelsAndDataThatCannotBeFetched) {
  environment_.Set("HF_HUB_OFFLINE", "1");
  EXPECT_THAT(Refused({"solve", "--model", "Qwen/Qwen3-8B", kQuestion}),
              AllOf(HasSubstr("generator.model_name (--model): Qwen/Qwen3-8B"),
                    HasSubstr("HF_HUB_OFFLINE is set"), HasSubstr("pgts pull Qwen/Qwen3-8B:BF16")));
  EXPECT_THAT(Refused({"pull", "gsm8k"}), HasSubstr("HF_HUB_OFFLINE is set"));
  EXPECT_THAT(Refused({"pull", "maths"}),
              AllOf(HasSubstr("maths: neither a model"), HasSubstr("(gsm8k)")));
  hub::FakeHub hub;
  environment_.Set("HF_HUB_OFFLINE", "0");
  environment_.Set("HF_ENDPOINT", hub.endpoint());
  EXPECT_THAT(Refused({"eval", "--model", "Qwen/Qwen3-8B-GGUF:Q8_0"}),
              AllOf(HasSubstr("no repository with a GGUF file of it in Q8_0"),
                    HasSubstr("Qwen/Qwen3-8B-GGUF (not there)")));
}

TEST_F(CommandTest, WordsThatAreNotKnown) {
  EXPECT_THAT(Refused({"trian"}), HasSubstr("'trian'; nearest: train"));
  EXPECT_THAT(Refused({"eval", "--polcy_checkpoint", "x"}),
              HasSubstr("--polcy-checkpoint; nearest: --policy-checkpoint"));
  EXPECT_THAT(Refused({"eval", "--limit", ""}), HasSubstr("--limit: the value is empty"));
}

// The two-GPU recipe, on a machine that has neither the GPUs nor the files.
TEST_F(CommandTest, APlanForAnotherMachine) {
  const std::vector<std::string> plan = {
      "plan", "--model-config", PGTS_SOURCE_DIR "/config/model_config_2gpu.yaml", "--train-config",
      PGTS_SOURCE_DIR "/config/training_config_2gpu.yaml"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), plan.begin(), plan.end());
    return more;
  };
  const Output fits = Run(with({"--device-memory", "24GiB,24GiB", "--json"}));
  EXPECT_EQ(fits.code, 0) << fits.err;
  const Json json = Json::parse(fits.out);
  EXPECT_EQ(json["fits"], true);
  EXPECT_EQ(json["models"][0]["name"], "Qwen/Qwen3-8B");
  const Output small = Run(with({"--device_memory", "8GiB,8GiB"}));
  EXPECT_EQ(small.code, 1) << small.err;
  EXPECT_THAT(small.out, AllOf(HasSubstr("it does not fit: "), HasSubstr("cuda:0"),
                               HasSubstr("phase 2: policy")));
  EXPECT_THAT(Refused(with({"--device-memory", "24 parsecs"})), HasSubstr("24GiB or 24576MiB"));
  const Output one_card = Run(with({"--device-memory", "24GiB"}));
  EXPECT_EQ(one_card.code, 2);
  EXPECT_THAT(one_card.err, HasSubstr("\npgts: device 'cuda:1' is not among"));
  EXPECT_THAT(Refused(with({"--device-memory", "24GiB,24GiB", "--shape", "judge=qwen3-4b"})),
              HasSubstr("generator=SHAPE or reward_model=SHAPE"));
}

TEST_F(CommandTest, TheDevicesAndWhatIsAmiss) {
  const Output table = Run({"devices"});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("cpu"), HasSubstr("PCI bus")));
  const Json json = Json::parse(Run({"devices", "--json"}).out);
  EXPECT_EQ(json["devices"][0]["device"], "cpu");
  EXPECT_GT(json["devices"][0]["memory_total"], 0);
  EXPECT_EQ(json["faults"].empty(),
            json["devices"].size() > 1 && json["libtorch_gpus"] == json["devices"].size() - 1);
}

TEST_F(CommandTest, QuestionsThatCannotBeAsked) {
  EXPECT_THAT(Refused({"solve", " \n"}), HasSubstr("the question is empty"));
  EXPECT_THAT(Refused({"solve", "How many\xff?"}), HasSubstr("not valid UTF-8"));
  std::string longest;
  for (int i = 0; i < 100; ++i) longest += kQuestion;
  EXPECT_THAT(Refused({"solve", longest}), AllOf(HasSubstr("pgts: the question: the prompt takes"),
                                                 HasSubstr("a model with a longer context")));
}

TEST_F(CommandTest, ModelsThatCannotBeLoaded) {
  EXPECT_THAT(Refused({"solve", "--model", "no/such.gguf", kQuestion}),
              AllOf(HasSubstr("no/such.gguf"), HasSubstr("--model")));
  EXPECT_THAT(Refused({"solve", "--model", Write("text.gguf", "no model"), kQuestion}),
              HasSubstr("text.gguf is not a GGUF file"));
  const std::string bytes = ReadFile(kTinyModel);
  EXPECT_THAT(Refused({"solve", "--model", Write("cut.gguf", bytes.substr(0, bytes.size() / 2)),
                       kQuestion}),
              AllOf(HasSubstr("cut.gguf is cut short"), HasSubstr("fetch")));
}

TEST_F(CommandTest, OptionsThatCannotBe) {
  const std::string unknown = Write("a.yaml", "search:\n  max_node: 40\n");
  EXPECT_THAT(Refused({"solve", "--train_config", unknown, kQuestion}),
              AllOf(HasSubstr("a.yaml:2"), HasSubstr("nearest valid key: search.max_nodes")));
  EXPECT_THAT(Refused({"solve", "--set", "search.max_nodes=0", kQuestion}),
              AllOf(HasSubstr("search.max_nodes = 0"), HasSubstr("1 to 100000")));
  EXPECT_THAT(Refused({"eval", "--limit", "99999999999999999999"}), HasSubstr("out of range"));
}

TEST_F(CommandTest, DataThatCannotBeRead) {
  const std::string line = R"({"question": "How many?", "answer": "1+1=2\n#### 2"})";
  Write("gsm8k/train.jsonl", line + "\n" + line.substr(0, 20) + "\n");
  Write("gsm8k/test.jsonl", line + "\n");
  EXPECT_THAT(Refused({"eval", "--task", "gsm8k", "--data", folder_.path()}),
              AllOf(HasSubstr("gsm8k/train.jsonl:2"), HasSubstr("mend or remove this line")));
  EXPECT_THAT(Refused({"eval", "--task", "gsm8k"}), HasSubstr("--data DIR or PGTS_DATA"));
}

TEST_F(CommandTest, TasksThatCannotBe) {
  EXPECT_THAT(Refused({"eval", "--task", "maths"}),
              HasSubstr("or the path of a task file (.yaml)"));
  EXPECT_THAT(Refused({"solve", "--task", Write("a.yaml", "data:\n  tst: x\n"), kQuestion}),
              HasSubstr("a.yaml:2: unknown key data.tst; nearest valid key: data.test"));
  Write("test.jsonl", R"({"question": "How many?"})");
  EXPECT_THAT(Refused({"eval", "--task", Write("b.yaml", "data: {test: test.jsonl}\n")}),
              HasSubstr("test.jsonl:1: no field \"answer\""));
}

// The example of docs/TASKS.md.
TEST_F(CommandTest, ATaskOfOnesOwnIsSolved) {
  const Output output = Run({"eval", "--task", PGTS_SOURCE_DIR "/examples/shop/shop.yaml", "--set",
                             "eval.chains=2", "--output-dir", folder_.path()});
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_THAT(output.out, HasSubstr("6 problems"));
  const std::string samples = ReadFile(folder_.File("samples_shop_cot_greedy.jsonl"));
  EXPECT_THAT(samples, HasSubstr("\"exact_match\":1")) << "no problem was solved";
}

// Summary and samples of a replay are those of a second walk, byte for byte.
TEST_F(CommandTest, StoredWorldsAreReplayedWithoutAModel) {
  const std::string worlds = folder_.File("world");
  const auto eval = [&](const std::string& world, const std::string& out,
                        std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"eval",
                                          "--set",
                                          "eval.chains=2",
                                          "--train-config",
                                          PGTS_SOURCE_DIR "/config/training_config_tiny.yaml",
                                          "--model-config",
                                          PGTS_SOURCE_DIR "/config/model_config_tiny.yaml",
                                          "--world",
                                          world,
                                          "--output-dir",
                                          folder_.File(out),
                                          "--summary",
                                          folder_.File(out + ".json")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Run(arguments);
  };
  ASSERT_EQ(eval(worlds, "first", {"--limit", "4"}).code, 0);
  ASSERT_EQ(eval(worlds, "second", {"--limit", "4"}).code, 0);
  const Output replay =
      eval("stored:" + worlds, "replay", {"--limit", "4", "--model", "no/such/tiny.gguf"});
  ASSERT_EQ(replay.code, 0) << replay.err;
  EXPECT_EQ(ReadFile(folder_.File("replay.json")), ReadFile(folder_.File("second.json")));
  const std::string samples = "/samples_word_problems_cot_sampled.jsonl";
  EXPECT_EQ(ReadFile(folder_.File("replay") + samples), ReadFile(folder_.File("second") + samples));
  const Output more = eval("stored:" + worlds, "more", {"--limit", "5"});
  EXPECT_THAT(more.out, HasSubstr("1 problems left out: not recorded"));
  EXPECT_THAT(Refused({"eval", "--world", "stored:" + worlds, "--model", "other.gguf"}),
              HasSubstr("no worlds of other.gguf are stored here, but of: tiny.gguf"));
  EXPECT_THAT(Refused({"train", "--world", "stored:" + worlds, "--output-dir", folder_.File("t")}),
              HasSubstr("this command grows worlds"));
}

TEST_F(CommandTest, AQuestionThatIsNotStoredIsSaidToBe) {
  const std::string worlds = folder_.File("world");
  const auto solve = [&](const std::string& question, const std::string& world) {
    return std::vector<std::string>{"solve", question, "--chains", "2", "--world", world};
  };
  const Output grown = Run(solve(kQuestion, worlds));
  ASSERT_EQ(grown.code, 0) << grown.err;
  EXPECT_EQ(Run(solve(kQuestion, "stored:" + worlds)).out, grown.out);
  EXPECT_THAT(Refused(solve("How many?", "stored:" + worlds)),
              HasSubstr("pgts: " + worlds + ": this question is not among the stored ones"));
}

TEST_F(CommandTest, ComparisonsThatCannotBe) {
  EXPECT_THAT(Refused({"compare"}), HasSubstr("config is required"));
  EXPECT_THAT(Refused({"compare", folder_.File("none.yaml")}), HasSubstr("none.yaml"));
  const auto refused = [&](const std::string& lines) {
    return Refused({"compare", Write("compare.yaml", "compare:\n" + lines), "--output-dir",
                    folder_.File("out")});
  };
  EXPECT_THAT(refused("  budget: [50]\n"),
              HasSubstr("compare.yaml:2: unknown key compare.budget; nearest valid key"));
  EXPECT_THAT(refused("  budgets: [100, 50]\n"), HasSubstr("compare.yaml:2: compare.budgets"));
  EXPECT_THAT(refused("  methods: [mtcs]\n"), HasSubstr("did you mean \"mcts\"?"));
  EXPECT_THAT(refused("  run: " + folder_.File("none") + "\n"),
              HasSubstr("no such file or folder"));
  EXPECT_THAT(refused("  methods: [pgts]\ngenerator: {prompt: plain}\n"),
              HasSubstr("name a trained run by compare.run"));
}

// Without a run: the methods that need no models but the generator.
TEST_F(CommandTest, AComparisonOfAnotherKindIsNotMixedIn) {
  const std::string config = Write("compare.yaml",
                                   "compare: {budgets: [30], problems: 2, tuning_problems: 2}\n"
                                   "generator: {max_new_tokens: 24}\n"
                                   "engine: {width: 8, context: 512, threads: 1}\n");
  const auto compare = [&](const std::string& problems) {
    return std::vector<std::string>{"compare",           config,  "--output-dir",
                                    folder_.File("out"), "--set", "compare.problems=" + problems};
  };
  const Output output = Run(compare("2"));
  ASSERT_EQ(output.code, 0) << output.err;
  EXPECT_THAT(output.out, AllOf(HasSubstr("cot_greedy"), HasSubstr("self_consistency"),
                                Not(HasSubstr("beam")), HasSubstr("2 problems")));
  EXPECT_THAT(Refused(compare("3")), HasSubstr("made with another compare"));
}

// The problems' text and the task's file decide a cell, too.
TEST_F(CommandTest, AComparisonOfOtherProblemsIsNotMixedIn) {
  const auto write = [&](const std::string& question, const std::string& separator) {
    const Json problem = {{"question", question}, {"answer", "1+1=2\n#### 2"}};
    for (const char* split : {"test.jsonl", "validation.jsonl"}) Write(split, JsonText(problem));
    return Write("sums.yaml",
                 "data: {test: test.jsonl, validation: validation.jsonl}\n" + separator);
  };
  const std::string config = Write("compare.yaml",
                                   "compare: {methods: [cot_greedy], budgets: [30], problems: 1}\n"
                                   "qwen3: {max_new_tokens: 24}\n"
                                   "engine: {width: 8, context: 192, threads: 1}\n"
                                   "task: {name: " +
                                       write("1 and 1?", "") + "}\n");
  const std::vector<std::string> compare = {"compare", config, "--output-dir", folder_.File("out")};
  ASSERT_EQ(Run(compare).code, 0);
  EXPECT_EQ(Run(compare).code, 0) << "the same again";
  write("1 plus 1?", "");
  EXPECT_THAT(Refused(compare), HasSubstr("made with another task"));
  write("1 and 1?", "# another file\n");
  EXPECT_THAT(Refused(compare), HasSubstr("made with another task"));
  write("1 and 1?", "");
  EXPECT_EQ(Run(compare).code, 0);
}

TEST_F(CommandTest, RunsAndRewardModelsThatAreNotThere) {
  EXPECT_THAT(Refused({"eval", "--policy_checkpoint", folder_.File("*/policy_final.pt")}),
              HasSubstr("nothing matches"));
  EXPECT_THAT(Refused({"train", "--resume", folder_.path()}), HasSubstr("not part of a run"));
  EXPECT_THAT(Refused({"solve", "--reward_model_path", folder_.path(), kQuestion}),
              HasSubstr("is not a reward model"));
}

TEST_F(CommandTest, SolutionsAndLabelsThatCannotBeRead) {
  const std::string run = folder_.File("run");
  EXPECT_THAT(Refused({"score", kQuestion, "--reward_model_path", run}),
              HasSubstr("give a question and its solution"));
  EXPECT_THAT(Refused({"score", kQuestion, "#### 1", "--reward_model_path", run}),
              HasSubstr("is not a reward model"));
  EXPECT_THAT(Refused({"score", "--reward_model_path", run, "--jsonl",
                       Write("bad.jsonl", "{\"question\": \"Q\"}\n")}),
              AllOf(HasSubstr("bad.jsonl:1"), HasSubstr("'solution'")));
  EXPECT_THAT(Refused({"data", "--output_dir", run, "--import", folder_.File("none.jsonl")}),
              HasSubstr("none.jsonl"));
  EXPECT_THAT(Refused({"data", "--output_dir", run, "--import", folder_.File("no,ne.jsonl")}),
              HasSubstr("no,ne.jsonl"));
  EXPECT_THAT(Refused({"data", "--output_dir", run, "--import", folder_.File("bad.jsonl")}),
              AllOf(HasSubstr("bad.jsonl:1"), HasSubstr("'prompt'")));
  EXPECT_THAT(Refused({"train-reward", folder_.path()}), HasSubstr("not part of a run"));
  Write("empty/config.yaml", "run:\n");
  EXPECT_THAT(Refused({"train-reward", folder_.File("empty")}),
              AllOf(HasSubstr("no finished data"), HasSubstr("pgts data")));
  EXPECT_THAT(Refused({"doctor", folder_.File("none")}), HasSubstr("no such file or folder"));
  EXPECT_FALSE(FileExists(run));
}

// Before an hour of work, not behind it.
TEST_F(CommandTest, FoldersThatCannotBeWrittenAreFoundFirst) {
  const std::string file = Write("file", "in the way");
  EXPECT_THAT(Refused({"train", "--output_dir", file}), HasSubstr("choose another output folder"));
  EXPECT_THAT(Refused({"eval", "--output-dir", file}), HasSubstr("choose another output folder"));
  EXPECT_THAT(Refused({"eval", "--summary", folder_.path()}), HasSubstr("is a folder"));
}

TEST_F(CommandTest, ATrainingThatCannotSucceedLeavesNothing) {
  const std::string run = folder_.File("run");
  EXPECT_THAT(Refused({"train", "--output_dir", run, "--set", "policy_network.num_heads=3"}),
              HasSubstr("num_heads = 3"));
  EXPECT_THAT(
      Refused({"train", "--output_dir", run, "--set", "optimization.max_sequence_length=700"}),
      HasSubstr("max_sequence_length = 700"));
  EXPECT_FALSE(FileExists(run));
}

TEST_F(CommandTest, AFolderOfWorldsHasOneWriter) {
  MakeWritableDirectory(folder_.File("world"));
  const FileLock held(folder_.File("world/lock"));
  EXPECT_THAT(Refused({"solve", "--world", folder_.File("world"), kQuestion}),
              AllOf(HasSubstr("is held by process"), HasSubstr("use another folder")));
}

TEST_F(CommandTest, WithoutATerminalTheOutputIsPlain) {
  const Output output = Run({"solve", "--chains", "3", kQuestion});
  EXPECT_EQ(output.code, 0) << output.err;
  EXPECT_THAT(output.out,
              AllOf(HasSubstr(kQuestion), HasSubstr("\nanswer: "), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(output.err, AllOf(HasSubstr("no reward model"), Not(HasSubstr("\x1b"))));
}

// One line of JSON with these keys among others.
void ExpectKeys(const std::string& line, const std::vector<std::string>& keys) {
  const Json record = Json::parse(line);
  for (const std::string& key : keys) EXPECT_TRUE(record.contains(key)) << key << ": " << line;
  for (const char* key : {"cpu", "cores", "build", "commit"}) {
    EXPECT_TRUE(record.contains(key)) << key;
  }
}

TEST_F(CommandTest, BenchesPrintJsonLines) {
  const Output decode = Run({"bench", "decode", "--json", "--width", "2", "--context", "16",
                             "--steps", "4", "--repeats", "1", "--read", "4"});
  ASSERT_EQ(decode.code, 0) << decode.err;
  ExpectKeys(decode.out, {"width", "raw_tokens_per_second", "engine_tokens_per_second", "ratio",
                          "read streams"});
  const Output tree =
      Run({"bench", "tree", "--json", "--problems", "2", "--nodes", "3", "--depth", "3"});
  ASSERT_EQ(tree.code, 0) << tree.err;
  ExpectKeys(tree.out, {"nodes_per_second", "kept_tokens_per_second", "generated_tokens_per_second",
                        "bound_tokens_per_second", "reevaluated_ratio", "occupancy"});
  EXPECT_EQ(Json::parse(tree.out)["nodes"], 6);
  const Output refilled = Run({"bench", "tree", "--json", "--problems", "3", "--width", "1",
                               "--nodes", "2", "--depth", "2"});
  ASSERT_EQ(refilled.code, 0) << refilled.err;
  const Json row = Json::parse(refilled.out);
  for (const char* key : {"sustained_tokens_per_second", "sustained_fraction",
                          "raw_decode_tokens_per_second", "raw_prefill_tokens_per_second"}) {
    EXPECT_TRUE(row[key].is_number()) << key;
  }
  const Output step = Run({"bench", "train-step", "--json", "--problems", "2", "--nodes", "3"});
  ASSERT_EQ(step.code, 0) << step.err;
  ExpectKeys(step.out, {"policy_share", "update_seconds"});
  const Output policy = Run({"bench", "policy", "--json", "--searches", "2", "--nodes", "5"});
  ASSERT_EQ(policy.code, 0) << policy.err;
  ExpectKeys(policy.out, {"decide_ms", "update_ms"});
  const Output reward =
      Run({"bench", "reward-step", "--json", "--batch", "2", "--tokens", "32", "--steps", "1"});
  ASSERT_EQ(reward.code, 0) << reward.err;
  ExpectKeys(reward.out, {"step_seconds", "tokens_per_second", "peak_rss_mb"});
}

TEST_F(CommandTest, BenchesRefuseWhatTheyCannotMeasure) {
  EXPECT_THAT(Refused({"bench", "decode", "--shape", "qwen9"}), HasSubstr("qwen3-8b"));
  EXPECT_THAT(Refused({"bench", "decode", "--width", "0"}), HasSubstr("--width"));
  EXPECT_THAT(Refused({"bench", "tree", "--problems", "4001"}), HasSubstr("4000 test problems"));
  EXPECT_THAT(Refused({"bench", "reward-step", "--device", "cuda:99"}), HasSubstr("cuda:99"));
}

TEST_F(CommandTest, AStopIsSaidAndItsExitCodeIs130) {
  const auto program = Start({"eval", "--split", "train", "--limit", "100000", "--set",
                              "qwen3.torch_dtype=float16"});  // which is said at once
  // The handler stands before the evaluation says its first word.
  while (!FileExists(folder_.File("stderr")) || ReadFile(folder_.File("stderr")).empty()) {
    ASSERT_TRUE(program->Running()) << "it ended by itself";
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  program->Kill(SIGINT);
  const Output output = Finish(*program);
  EXPECT_EQ(output.code, 130);
  EXPECT_THAT(output.err, HasSubstr("pgts: stopped"));
  EXPECT_THAT(output.out, IsEmpty());
}

}  // namespace
}  // namespace pgts
