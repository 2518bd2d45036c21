// SPDX-License-Identifier: Apache-2.0
#include "base/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"
#include "base/files.h"
#include "base/temp_folder.h"

namespace pgts {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::ThrowsMessage;

struct SearchOptions {
  int max_nodes = 80;
  int64_t seed = 0;
  double temperature = 0.8;
  float dropout = 0.1f;
  bool use_policy = true;
  std::string order = "best";
  std::string model = "";
  std::vector<int> widths = {1, 2};
  std::vector<double> thresholds = {0.5};
  std::vector<std::string> methods = {"pgts", "cot"};

  template <class Visitor>
  void Visit(Visitor& v) {
    v("max_nodes", max_nodes, {.min = 1, .max = 1000, .unit = "nodes", .help = "Nodes per search"});
    v("seed", seed, {.min = 0, .help = "Random seed"});
    v("temperature", temperature, {.max = 10, .above = 0, .help = "Of actions"});
    v("dropout", dropout, {.min = 0, .max = 0.1, .help = "Share dropped"});
    v("use_policy", use_policy, {.help = "Use it"});
    v("order", order, {.choices = {"best", "last"}, .help = "Which answers"});
    v("model", model, {.help = "GGUF file"});
    v("widths", widths, {.min = 1, .help = "Widths"});
    v("thresholds", thresholds);
    v("methods", methods, {.choices = {"pgts", "cot", "beam"}});
  }
};

struct OtherOptions {
  int max_depth = 15;
  template <class Visitor>
  void Visit(Visitor& v) {
    v("max_depth", max_depth, {.min = 1});
  }
};

struct FileOptions {
  std::vector<std::string> names;
  template <class Visitor>
  void Visit(Visitor& v) {
    v("files", names);
  }
};

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() {
    set_.Add("search", search_);
    set_.Add("tree", other_);
    set_.Alias("mcts", "search");
    set_.Inert("optimization.offload_optimizer", "the policy is small");
  }
  std::string Write(const std::string& text) {
    const std::string path = folder_.File("a.yaml");
    WriteFileAtomic(path, text);
    return path;
  }
  void Load(const std::string& text) { set_.LoadYaml(Write(text)); }

  TempFolder folder_;
  SearchOptions search_;
  OtherOptions other_;
  OptionSet set_;
};

TEST_F(OptionsTest, ReadsEveryTypeAndRemembersWhere) {
  Load(
      "search:\n  max-nodes: 40\n  seed: 5000000000\n  temperature: 2e-5\n  dropout: 0.1\n"
      "  use_policy: no\n  order: last\n  model: \"m 1.gguf\"\n  widths: [3, 4]\n"
      "  thresholds: []\n  methods: beam\ntree:\n  max_depth: 3\n");
  EXPECT_EQ(search_.max_nodes, 40);
  EXPECT_EQ(search_.seed, 5000000000);
  EXPECT_EQ(search_.temperature, 2e-5);
  EXPECT_EQ(search_.dropout, 0.1f);
  EXPECT_FALSE(search_.use_policy);
  EXPECT_EQ(search_.order, "last");
  EXPECT_EQ(search_.model, "m 1.gguf");
  EXPECT_THAT(search_.widths, ElementsAre(3, 4));
  EXPECT_THAT(search_.thresholds, IsEmpty());
  EXPECT_THAT(search_.methods, ElementsAre("beam"));
  EXPECT_EQ(other_.max_depth, 3);
  EXPECT_EQ(set_.Source("search.max-nodes"), folder_.File("a.yaml") + ":2");
}

TEST_F(OptionsTest, NullAndEmptyGroupsKeepDefaults) {
  Load("search:\n  max_nodes: null\ntree:\n");
  Load("");
  EXPECT_EQ(search_.max_nodes, 80);
  EXPECT_EQ(set_.Source("search.max_nodes"), "default");
}

TEST_F(OptionsTest, AnUnknownKeyNamesFileLineAndNearest) {
  EXPECT_THAT([&] { Load("search:\n  seed: 1\n  max_node: 3\n"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("a.yaml:3: unknown key search.max_node"),
                                         HasSubstr("nearest valid key: search.max_nodes"))));
  EXPECT_THAT([&] { Load("serach:\n  max_nodes: 3\n"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("a.yaml:2: unknown key serach.max_nodes"),
                                         HasSubstr("key: search.max_nodes"))));
  EXPECT_THAT([&] { Load("max_depth: 3\n"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("a.yaml:1: unknown key max_depth"),
                                         HasSubstr("key: tree.max_depth"))));
}

TEST_F(OptionsTest, AValueOutOfRangeNamesWhatIsAllowed) {
  EXPECT_THAT([&] { Load("search:\n  max_nodes: 0\n"); },
              ThrowsMessage<Error>(HasSubstr(
                  "a.yaml:2: search.max_nodes = 0 is out of range; allowed: 1 to 1000 nodes")));
  EXPECT_THAT([&] { set_.Set("search.temperature=0", "--set"); },
              ThrowsMessage<Error>("--set: search.temperature = 0 is out of range; allowed: more "
                                   "than 0, up to 10"));
  EXPECT_THAT([&] { set_.Set("search.order=worst", "--set"); },
              ThrowsMessage<Error>(HasSubstr("is not a choice; allowed: best, last")));
  EXPECT_THROW(set_.Set("search.widths=1,0", "--set"), Error);
  EXPECT_THROW(set_.Set("search.max_nodes=99999999999", "--set"), Error);
  EXPECT_THROW(set_.Set("search.temperature=nan", "--set"), Error);
  EXPECT_THAT(search_.widths, ElementsAre(1, 2));
}

TEST_F(OptionsTest, AWrongTypeSaysWhatIsNeeded) {
  EXPECT_THAT([&] { Load("search:\n  max_nodes: many\n"); },
              ThrowsMessage<Error>(HasSubstr("search.max_nodes = many is not a whole number")));
  EXPECT_THROW(Load("search:\n  max_nodes: 4.5\n"), Error);
  EXPECT_THROW(Load("search:\n  max_nodes: [1]\n"), Error);
  EXPECT_THROW(Load("search:\n  max_nodes: {a: 1}\n"), Error);
  EXPECT_THROW(Load("search:\n  use_policy: maybe\n"), Error);
  EXPECT_THROW(Load("search:\n  widths: [[1]]\n"), Error);
  EXPECT_THROW(Load("- search\n"), Error);
  EXPECT_THROW(Load("search: 3\n"), Error);
}

TEST_F(OptionsTest, BadFilesAreErrors) {
  EXPECT_THAT([&] { Load("search:\n  max_nodes: [1\nx\n"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("a.yaml:"), HasSubstr("not valid YAML"))));
  EXPECT_THAT([&] { Load("search:\n  seed: 1\n  max_nodes: 1\n  seed: 2\n"); },
              ThrowsMessage<Error>(HasSubstr("a.yaml:4: key search.seed is given twice")));
  EXPECT_THAT([&] { Load("search:\n  seed: 1\nsearch:\n  max_nodes: 2\n"); },
              ThrowsMessage<Error>(HasSubstr("a.yaml:3: key search is given twice")));
  EXPECT_THROW(Load("search:\n---\nsearch:\n"), Error);
  EXPECT_THROW(set_.LoadYaml(folder_.File("none.yaml")), Error);
  EXPECT_THROW(set_.LoadYaml(folder_.path()), Error);
}

TEST_F(OptionsTest, AKeyWithoutEffectThatWasGivenSaysWhyInOneLine) {
  set_.InertWhile("search.order", "one answer has none", [this] { return search_.max_nodes == 1; });
  const auto explained = [this](const std::string& resolved_file = "") {
    ::testing::internal::CaptureStderr();
    set_.ExplainInert(resolved_file);
    return ::testing::internal::GetCapturedStderr();
  };
  EXPECT_EQ(explained(), "");
  Load("optimization:\n  offload_optimizer: true\nmcts:\n  order: last\n");
  EXPECT_EQ(explained(folder_.File("a.yaml")), "");
  const std::string always = explained();
  EXPECT_THAT(always, HasSubstr("optimization.offload_optimizer (" + folder_.File("a.yaml") +
                                ":2) has no effect: the policy is small\n"));
  EXPECT_EQ(std::count(always.begin(), always.end(), '\n'), 1);
  set_.Set("optimization.offload-optimizer=false", "--set");
  set_.Set("search.max_nodes=1", "--set");
  EXPECT_THAT(explained(), AllOf(HasSubstr("offload_optimizer (--set)"),
                                 HasSubstr("mcts.order (" + folder_.File("a.yaml") +
                                           ":4) has no effect: one ")));
}

TEST_F(OptionsTest, AKeyWithoutEffectIsHeldToItsChoicesAndIsNotWritten) {
  set_.Inert("search.algorithm", "there is one", {"tree"});
  set_.Set("search.algorithm=tree", "--set");
  EXPECT_THAT([&] { set_.Set("search.algorithm=graph", "--set"); },
              ThrowsMessage<Error>(HasSubstr("is not a choice; allowed: tree")));
  EXPECT_THAT(set_.Yaml(), Not(HasSubstr("algorithm")));
}

TEST_F(OptionsTest, LaterSourcesWin) {
  setenv("PGTS_SEARCH_MAX_NODES", "50", 1);
  setenv("PGTS_SEARCH_WIDTHS", "7, 8", 1);
  setenv("PGTS_DATA", "somewhere", 1);
  Load("search:\n  max_nodes: 40\n  order: last\n");
  set_.LoadEnvironment();
  EXPECT_EQ(search_.max_nodes, 50);
  EXPECT_THAT(search_.widths, ElementsAre(7, 8));
  EXPECT_EQ(set_.Source("search.max_nodes"), "PGTS_SEARCH_MAX_NODES");
  set_.Set("search.max_nodes=60", "--set");
  EXPECT_EQ(search_.max_nodes, 60);
  EXPECT_EQ(set_.Source("search.max_nodes"), "--set");
  EXPECT_EQ(search_.order, "last");

  setenv("PGTS_SEARCH_MAX_NODE", "50", 1);
  EXPECT_THAT([&] { set_.LoadEnvironment(); },
              ThrowsMessage<Error>(AllOf(HasSubstr("unknown variable PGTS_SEARCH_MAX_NODE;"),
                                         HasSubstr("name: PGTS_SEARCH_MAX_NODES"))));
  for (const char* name :
       {"PGTS_SEARCH_MAX_NODES", "PGTS_SEARCH_WIDTHS", "PGTS_DATA", "PGTS_SEARCH_MAX_NODE"}) {
    unsetenv(name);
  }
}

TEST_F(OptionsTest, AnAliasOfAGroupIsValidWhereverAKeyIs) {
  Load("mcts:\n  max_nodes: 40\nsearch:\n  order: last\n");
  EXPECT_EQ(search_.max_nodes, 40);
  EXPECT_EQ(search_.order, "last");
  setenv("PGTS_MCTS_MAX_NODES", "50", 1);
  set_.LoadEnvironment();
  EXPECT_EQ(search_.max_nodes, 50);
  EXPECT_EQ(set_.Source("search.max_nodes"), "PGTS_MCTS_MAX_NODES");
  EXPECT_EQ(set_.Spelling("search.max_nodes"), "mcts.max_nodes");
  setenv("PGTS_SEARCH_MAX_NODES", "51", 1);
  EXPECT_THAT([&] { set_.LoadEnvironment(); },
              ThrowsMessage<Error>("environment: PGTS_MCTS_MAX_NODES and PGTS_SEARCH_MAX_NODES are "
                                   "one option, given twice; keep one"));
  unsetenv("PGTS_MCTS_MAX_NODES");
  unsetenv("PGTS_SEARCH_MAX_NODES");
  set_.Set("mcts.max-nodes=60", "--set");
  EXPECT_EQ(search_.max_nodes, 60);
  set_.Set("search.max_nodes=70", "--set");  // what is given later wins
  EXPECT_EQ(search_.max_nodes, 70);
  EXPECT_EQ(set_.Spelling("search.max_nodes"), "search.max_nodes");
  EXPECT_THAT(set_.Yaml(), AllOf(HasSubstr("search:\n  max_nodes: 70"), Not(HasSubstr("mcts"))));
}

TEST_F(OptionsTest, ErrorsNameAKeyAsItWasGiven) {
  EXPECT_THAT([&] { Load("mcts:\n  max_nodes: 0\n"); },
              ThrowsMessage<Error>(HasSubstr("a.yaml:2: mcts.max_nodes = 0 is out of range")));
  EXPECT_THAT([&] { Load("mcts:\n  max_node: 1\n"); },
              ThrowsMessage<Error>(AllOf(HasSubstr("a.yaml:2: unknown key mcts.max_node;"),
                                         HasSubstr("nearest valid key: mcts.max_nodes"))));
  EXPECT_THAT([&] { set_.Set("mcts.order=worst", "--set"); },
              ThrowsMessage<Error>(HasSubstr("--set: mcts.order = worst is not a choice")));
  EXPECT_THAT([&] { Load("mcts:\n  seed: 1\nsearch:\n  seed: 2\n"); },
              ThrowsMessage<Error>(HasSubstr("a.yaml:4: mcts.seed and search.seed are one option, "
                                             "given twice; keep one")));
}

TEST_F(OptionsTest, AnItemOfAListMayHoldACommaAndReadsBack) {
  FileOptions files;
  set_.Add("data", files);
  set_.SetList("data.files", {"a,b.jsonl", "c.jsonl"}, "--import");
  EXPECT_THAT(files.names, ElementsAre("a,b.jsonl", "c.jsonl"));
  EXPECT_EQ(set_.Source("data.files"), "--import");
  const std::string yaml = set_.Yaml();
  files.names.clear();
  Load(yaml);
  EXPECT_THAT(files.names, ElementsAre("a,b.jsonl", "c.jsonl"));
  EXPECT_THAT([&] { set_.SetList("search.seed", {"1"}, "--import"); },
              ThrowsMessage<Error>(HasSubstr("is a list; needed: one whole number")));
}

TEST_F(OptionsTest, SetNeedsAnAssignment) {
  EXPECT_THAT([&] { set_.Set("search.max_nodes", "--set"); },
              ThrowsMessage<Error>(HasSubstr("expected group.key=value")));
  EXPECT_THROW(set_.Set("search.max_node=1", "--set"), Error);
}

TEST_F(OptionsTest, TheResolvedFileReadsBackTheSame) {
  search_.temperature = 1.0 / 3;
  search_.dropout = 0.07f;
  search_.seed = 1LL << 62;
  search_.model = "a: \"b\" # \\ no\n\t\x01 é";
  search_.methods = {"cot", "beam"};
  search_.thresholds = {1e-9, 0.1, 3};
  const std::string yaml = set_.Yaml();

  SearchOptions search;
  OtherOptions other;
  OptionSet set;
  set.Add("search", search);
  set.Add("tree", other);
  set.LoadYaml(Write(yaml));
  EXPECT_EQ(search.temperature, 1.0 / 3);
  EXPECT_EQ(search.dropout, 0.07f);
  EXPECT_EQ(search.seed, 1LL << 62);
  EXPECT_EQ(search.model, search_.model);
  EXPECT_EQ(search.methods, search_.methods);
  EXPECT_EQ(search.thresholds, search_.thresholds);
  EXPECT_EQ(set.Value("search.temperature"), set_.Value("search.temperature"));
}

TEST_F(OptionsTest, TextThatYamlWouldTakeForSomethingElseIsQuoted) {
  for (const char* text : {"", "null", "~", "yes", "12", "[a]", "- a", "a#b", "a: b", "*"}) {
    search_.model = text;
    const std::string yaml = set_.Yaml();
    search_.model = "changed";
    Load(yaml);
    EXPECT_EQ(search_.model, text);
  }
}

TEST_F(OptionsTest, HelpAndDocsComeFromTheDeclarations) {
  EXPECT_THAT(set_.Help(), HasSubstr("search (also: mcts):\n  max_nodes = 80"));
  EXPECT_THAT(set_.Help(), HasSubstr("Nodes per search (1 to 1000 nodes)\n"));
  const std::string markdown = set_.Markdown();
  EXPECT_THAT(markdown,
              HasSubstr("| `max_nodes` | `80` | whole number | 1 to 1000 nodes | Nodes "));
  EXPECT_THAT(markdown, HasSubstr("| `optimization.offload_optimizer` | the policy is small"));
}

TEST(NearestTest, TakesTheLeastEdits) {
  EXPECT_EQ(Nearest("max_nod", {"seed", "max_depth", "max_nodes"}), "max_nodes");
  EXPECT_EQ(Nearest("ab", {"abc", "abd"}), "abc");  // the first of equals
  EXPECT_EQ(Nearest("x", {}), "");
}

}  // namespace
}  // namespace pgts
