// SPDX-License-Identifier: Apache-2.0
#include "cli/arguments.h"

#include <gmock/gmock.h>

#include <CLI/CLI.hpp>

namespace pgts::cli {
namespace {

using testing::ElementsAre;

TEST(Arguments, BothSpellingsOfAFlagAreOne) {
  EXPECT_THAT(NormaliseFlags({"--output_dir", "a_b", "--train_config=x_y.yaml"}),
              ElementsAre("--output-dir", "a_b", "--train-config=x_y.yaml"));
}

TEST(Arguments, WhatFollowsTheDoubleDashIsLeftAlone) {
  EXPECT_THAT(NormaliseFlags({"--", "--a_b"}), ElementsAre("--", "--a_b"));
}

// What is said about arguments that a small command line does not know.
std::string Explained(const std::vector<std::string>& arguments) {
  CLI::App app("test", "pgts");
  app.require_subcommand(1);
  std::string text, question;
  CLI::App* solve = app.add_subcommand("solve", "");
  solve->add_option("--model", text);
  solve->add_option("--chains", text)->check(CLI::Range(1, 4));
  solve->add_option("question", question)->required();
  app.add_subcommand("train", "");
  RefuseEmptyValues(app);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& e) {
    return ExplainParseError(app, e, arguments);
  }
  return "no error";
}

TEST(Arguments, AnUnknownCommandNamesTheNearest) {
  EXPECT_EQ(Explained({"trian"}), "unknown command 'trian'; nearest: train (see: pgts --help)");
  EXPECT_EQ(Explained({}), "a command comes first: solve, train (see: pgts --help)");
  EXPECT_EQ(Explained({"--model", "x"}), Explained({}));
}

TEST(Arguments, AnUnknownFlagNamesTheNearest) {
  const std::string expected = "unknown flag --modle; nearest: --model (see: pgts solve --help)";
  EXPECT_EQ(Explained({"solve", "--modle", "x.gguf", "what?"}), expected);
  EXPECT_EQ(Explained({"solve", "--modle=x.gguf"}), expected);  // rather than the missing question
}

TEST(Arguments, AnEmptyValueIsRefused) {
  EXPECT_EQ(Explained({"solve", "--model", "", "what?"}),
            "--model: the value is empty (see: pgts solve --help)");
  EXPECT_EQ(Explained({"solve", ""}), "no error");  // the command says what it needs
}

TEST(Arguments, WhatIsLeftOverIsNamed) {
  EXPECT_EQ(Explained({"solve", "a", "b"}), "'b' was not expected (see: pgts solve --help)");
  EXPECT_EQ(Explained({"solve", "a", "--chains", "9"}),
            "--chains: Value 9 not in range 1 to 4 (see: pgts solve --help)");
}

}  // namespace
}  // namespace pgts::cli
