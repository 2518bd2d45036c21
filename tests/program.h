// SPDX-License-Identifier: Apache-2.0
// For tests: the pgts program as a child process.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace pgts {

// The words of another program's command line.
struct Command {
  std::vector<std::string> words;
};

// Killed with its object, or with the test, if it still runs.
class Program {
 public:
  // What it prints goes to the file `output`, or what it prints on stderr to `errors`.
  Program(std::vector<std::string> arguments, const std::string& output,
          const std::string& errors = "")
      : Program(Command{WithProgram(std::move(arguments))}, output, errors) {}
  Program(Command command, const std::string& output, const std::string& errors = "") {
    std::vector<char*> argv;
    for (std::string& word : command.words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(Create(output), STDOUT_FILENO);
    dup2(errors.empty() ? STDOUT_FILENO : Create(errors), STDERR_FILENO);
    execvp(argv[0], argv.data());
    _exit(127);
  }
  ~Program() {
    if (Running()) Kill(SIGKILL);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  bool Running() {
    if (!ended_) ended_ = waitpid(pid_, &status_, WNOHANG) != 0;
    return !ended_;
  }
  // The exit code; -1 if a signal ended it.
  int Wait() {
    if (!ended_) waitpid(pid_, &status_, 0);
    ended_ = true;
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
  }
  int Kill(int signal) {
    kill(pid_, signal);
    return Wait();
  }

 private:
  static std::vector<std::string> WithProgram(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), PGTS_PROGRAM);
    return arguments;
  }
  static int Create(const std::string& path) {
    return open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  }

  pid_t pid_ = 0;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace pgts
