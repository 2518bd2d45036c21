// SPDX-License-Identifier: Apache-2.0
// ./train_2gpu.sh as users run it, in a copy of what it needs, where CMake and setup.sh are faked:
// whole, on two RPC servers in place of the GPUs, with the embedded model in place of the recipe's;
// and what it finds missing, and passes on, on a machine whose driver and toolkit are faked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "base/files.h"
#include "base/jsonl.h"
#include "base/temp_folder.h"
#include "program.h"
#include "rpc_servers.h"

namespace pgts {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Arguments = std::vector<std::string>;

const std::string kTinyModel = PGTS_SOURCE_DIR "/models/tiny.gguf";

// The user's names replaced by the embedded model and by problems that it knows, few of them;
// devices as they are.
const Arguments kSmall = {"task.name=word_problems",
                          "qwen3.model_name=" + kTinyModel,
                          "qwen3.prompt=plain",
                          "qwen3.max_new_tokens=16",
                          "reward_model.model_name=" + kTinyModel,
                          "reward_model.kind=lora",
                          "policy_network.hidden_dim=16",
                          "reward_data.train_problems=8",
                          "reward_data.validation_problems=4",
                          "reward_data.rollouts_per_problem=2",
                          "reward_data.completions=2",
                          "reward_data.held_out_completions=2",
                          "reward_training.batch_size=4",
                          "reward_training.num_epochs=1",
                          "gate.gate=warn",
                          "warm_start.tuning_problems=2",
                          "warm_start.problems=4",
                          "warm_start.epochs=1",
                          "policy_training.num_iterations=3",
                          "policy_training.problems_per_iteration=3",
                          "policy_training.validation_problems=2",
                          "policy_training.ppo_epochs=1",
                          "search.max_nodes=8",
                          "search.max_depth=6",
                          "optimization.max_sequence_length=512",
                          "engine.width=6",
                          "engine.context=512",
                          "engine.threads=1"};

class TwoGpuScript : public ::testing::Test {
 protected:
  TwoGpuScript() {
    for (const char* file : {"train_2gpu.sh", "scripts/common.sh"}) Copy(file);
    fs::copy(PGTS_SOURCE_DIR "/config", root_ + "/config", fs::copy_options::recursive);
    MakeProgram(root_ + "/setup.sh", "");
    UseProgram(PGTS_PROGRAM);
    Write("data/gsm8k/train.jsonl", "");  // which the script looks for
    Write("data/gsm8k/test.jsonl", "");
    setenv("PATH", (root_ + "/bin:" + path_).c_str(), 1);
    for (const char* name :
         {"PGTS_DATA", "PGTS_RPC_DEVICES", "Torch_DIR", "LLAMA_SOURCE", "CMAKE_OPTIONS"}) {
      unsetenv(name);
    }
    setenv("XDG_CACHE_HOME", (root_ + "/cache").c_str(), 1);
  }
  ~TwoGpuScript() override {
    setenv("PATH", path_.c_str(), 1);
    unsetenv("PGTS_RPC_DEVICES");
  }

  void Write(const std::string& name, const std::string& text) const {
    fs::create_directories(fs::path(root_ + "/" + name).parent_path());
    WriteFileAtomic(root_ + "/" + name, text);
  }
  void MakeProgram(const std::string& path, const std::string& body) const {
    fs::create_directories(fs::path(path).parent_path());
    WriteFileAtomic(path, "#!/usr/bin/env bash\n" + body);
    fs::permissions(path, fs::perms::owner_all);
  }
  void Copy(const std::string& file) const {
    fs::create_directories(fs::path(root_ + "/" + file).parent_path());
    fs::copy(PGTS_SOURCE_DIR "/" + file, root_ + "/" + file);
  }
  // A CMake that "builds" any preset by linking to this program.
  void UseProgram(const std::string& program) const {
    MakeProgram(root_ + "/bin/cmake",
                "if [ \"$1\" = --build ]; then ln -sf " + program +
                    " \"build/$3/pgts\"; echo '[1/1] linked'\n"
                    "else mkdir -p \"build/$2\"; touch \"build/$2/build.ninja\"; fi\n");
  }
  // A machine with such GPUs, a toolkit, and a LibTorch with CUDA.
  void FakeGpus(const std::string& memories) const {
    MakeProgram(root_ + "/bin/nvidia-smi", "printf '" + memories + "'\n");
    MakeProgram(root_ + "/bin/nvcc", "");
    Write("torch/share/cmake/Torch/TorchConfig.cmake", "# none\n");
    Write("torch/lib/libtorch_cuda.so", "none\n");
    setenv("Torch_DIR", (root_ + "/torch/share/cmake/Torch").c_str(), 1);
  }

  Program Script(const Arguments& arguments) const {
    Command command{{"bash", root_ + "/train_2gpu.sh"}};
    command.words.insert(command.words.end(), arguments.begin(), arguments.end());
    return Program(command, Output());
  }
  Program Train(const Arguments& more = {}) const {
    Arguments arguments;
    for (const std::string& assignment : kSmall) {
      arguments.insert(arguments.end(), {"--set", assignment});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return Script(arguments);
  }

  std::string Output() const { return folder_.File("output"); }
  std::string Said() const { return FileExists(Output()) ? ReadFile(Output()) : ""; }
  int EndOf(Program program) const { return program.Wait(); }

  // The one run that the script made; empty: none yet.
  std::string Run() const {
    if (!fs::exists(root_ + "/outputs")) return "";
    const fs::directory_iterator first(root_ + "/outputs");
    return first == fs::directory_iterator() ? "" : first->path().string();
  }
  bool HasFinished(int iteration) const {
    const std::string state = Run() + "/resume/state.json";
    return FileExists(state) && ReadJsonFile(state).at("iteration") == iteration;
  }
  void Wait(Program& program, const std::function<bool()>& come_so_far) const {
    while (program.Running() && !come_so_far()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_TRUE(program.Running()) << "ended too early: " << Said();
  }

  TempFolder folder_;
  std::string path_ = std::getenv("PATH");
  std::string root_ = folder_.File("repository");
};

TEST_F(TwoGpuScript, TheWholeJobOnTwoServersAcrossAKill) {
  const RpcServers servers(2);
  setenv("PGTS_RPC_DEVICES", servers.List().c_str(), 1);
  {
    Program program = Train();
    Wait(program, [&] { return HasFinished(1); });
    program.Kill(SIGKILL);
  }
  const std::string run = Run();
  ASSERT_EQ(EndOf(Script({"--resume", run})), 0) << Said();
  EXPECT_THAT(Said(), HasSubstr("going on with " + run));

  const std::string log = ReadFile(run + "/training.log");
  EXPECT_THAT(log, AllOf(HasSubstr("phase 1"), HasSubstr("phase 2")));
  const std::regex plan(
      R"(phase 2: policy: .*cuda:0 \d+ MiB of [1-9].* GiB, cuda:1 \d+ MiB of [1-9].* GiB)");
  EXPECT_TRUE(std::regex_search(log, plan)) << log;
  EXPECT_TRUE(std::regex_search(log, std::regex("generator on cuda:0: busy for [1-9]"))) << log;
  EXPECT_TRUE(std::regex_search(log, std::regex("scorer on cuda:1: busy for [1-9]"))) << log;
  EXPECT_TRUE(FileExists(run + "/reward_model_final/adapter.gguf"));

  const Arguments eval = {"eval", "--policy-checkpoint", root_ + "/outputs/training_2gpu_*",
                          "--limit", "3"};
  EXPECT_EQ(EndOf(Program(eval, Output())), 0) << Said();
  EXPECT_THAT(Said(), HasSubstr("pgts"));
}

TEST_F(TwoGpuScript, AServerThatDiesEndsTheRunInOneLine) {
  RpcServers servers(2);
  setenv("PGTS_RPC_DEVICES", servers.List().c_str(), 1);
  Program program = Train({"--set", "reward_data.train_problems=500"});
  Wait(program, [&] {
    const std::string steps = Run() + "/world/steps.bin";
    return FileExists(steps) && fs::file_size(steps) > 0;
  });
  servers.Kill(0);
  EXPECT_EQ(program.Wait(), 1) << Said();
  EXPECT_THAT(Said(), AllOf(HasSubstr("pgts: an RPC server is gone"), HasSubstr("--resume")));
}

TEST_F(TwoGpuScript, OptionsGoOn) {
  FakeGpus("24564\\n24564\\n");
  MakeProgram(root_ + "/echo", "echo \"$0 $*\"\n");
  UseProgram(root_ + "/echo");
  EXPECT_EQ(EndOf(Script({"--data", root_ + "/data", "--set", "run.seed=7"})), 0) << Said();
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("build/cuda/pgts train --model-config config/model_config_2gpu"),
                    HasSubstr("--output-dir outputs/training_2gpu_"),
                    HasSubstr("--data " + root_ + "/data --set run.seed=7\n")));
  EXPECT_EQ(EndOf(Script({"--data=" + root_ + "/data", "--output_dir", "mine", "--train-config",
                          "my.yaml", "--set", "reward_training.device=cpu"})),
            0)
      << Said();
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("training into mine;"), Not(HasSubstr("--output-dir outputs")),
                    Not(HasSubstr("training_config_2gpu"))));
  // A run that goes on has its configuration and its folder.
  EXPECT_EQ(EndOf(Script({"--resume", "outputs/mine"})), 0) << Said();
  EXPECT_THAT(Said(), HasSubstr("build/cuda/pgts train --resume outputs/mine\n"));
}

TEST_F(TwoGpuScript, WhatIsMissingIsNamed) {
  FakeGpus("8192\\n24564\\n");
  unsetenv("Torch_DIR");
  EXPECT_EQ(EndOf(Script({"--data", root_ + "/elsewhere"})), 2);
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("found 1 (of 2) that large"),
                    HasSubstr("a LibTorch with CUDA, named by Torch_DIR"),
                    HasSubstr("test.jsonl in " + root_ + "/elsewhere"), Not(HasSubstr("nvcc"))));
  setenv("PGTS_RPC_DEVICES", "box:5000", 1);
  EXPECT_EQ(EndOf(Script({"--data", root_ + "/data"})), 2);
  EXPECT_THAT(Said(), AllOf(HasSubstr("PGTS_RPC_DEVICES=HOST:PORT,HOST:PORT: it names 1"),
                            Not(HasSubstr("that large")), Not(HasSubstr("Torch_DIR"))));
}

}  // namespace
}  // namespace pgts
