// SPDX-License-Identifier: Apache-2.0
// Holds the includes under src/ to the order of the rooms (docs/ARCHITECTURE.md). What a room may
// include stands once, in src/CMakeLists.txt, where it is also what the room links; the floors
// below say which of those lists are legal at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace pgts {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Rooms = std::map<std::string, std::set<std::string>>;  // room -> rooms it may include

const std::map<std::string, int> kFloors = {
    {"base", 0},   {"tree", 1},    {"task", 1},   {"llm", 1},    {"hub", 1},   {"model", 1},
    {"world", 2},  {"search", 3},  {"labels", 3}, {"policy", 3}, {"eval", 4},  {"reward", 4},
    {"report", 5}, {"session", 5}, {"train", 6},  {"bench", 6},  {"serve", 6}, {"cli", 7}};
constexpr int kMaxTorchHeaders = 10;

struct Include {
  std::string file;    // relative to src/, "room/name.cc"
  std::string target;  // as written between the quotes or brackets
};

std::string Room(const std::string& path) { return path.substr(0, path.find('/')); }

std::string ReadText(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The words between ROOMS and LIBS of every pgts_room(...) line.
Rooms ParseRooms(const std::string& cmake) {
  Rooms rooms;
  const std::regex call(R"((?:^|\n)pgts_room\(([^)]*)\))");
  for (std::sregex_iterator it(cmake.begin(), cmake.end(), call), end; it != end; ++it) {
    std::istringstream words((*it)[1].str());
    std::string room, word, section;
    words >> room;
    rooms[room];
    while (words >> word) {
      if (word == "TORCH" || word == "ROOMS" || word == "LIBS") {
        section = word;
      } else if (section == "ROOMS") {
        rooms[room].insert(word);
      }
    }
  }
  return rooms;
}

std::vector<Include> ReadIncludes(const fs::path& src) {
  std::vector<Include> includes;
  const std::regex directive(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(src)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cc") continue;
    std::istringstream lines(ReadText(entry.path()));
    std::smatch match;
    for (std::string line; std::getline(lines, line);) {
      if (!std::regex_search(line, match, directive)) continue;
      includes.push_back({fs::relative(entry.path(), src).generic_string(), match[1].str()});
    }
  }
  return includes;
}

// Lists that name a room on the same or a higher floor.
std::vector<std::string> ListViolations(const Rooms& rooms) {
  std::vector<std::string> found;
  for (const auto& [room, allowed] : rooms) {
    if (!kFloors.count(room)) found.push_back(room + " has no floor");
    for (const std::string& lower : allowed) {
      const bool legal =
          kFloors.count(room) && kFloors.count(lower) && kFloors.at(lower) < kFloors.at(room);
      if (!legal) found.push_back(room + " may not list " + lower);
    }
  }
  return found;
}

std::vector<std::string> RoomViolations(const Rooms& rooms, const std::vector<Include>& includes) {
  std::vector<std::string> found;
  for (const Include& include : includes) {
    const std::string from = Room(include.file), to = Room(include.target);
    if (!kFloors.count(to) || include.target == to || from == to) continue;
    const auto room = rooms.find(from);
    if (room == rooms.end() || !room->second.count(to)) {
      found.push_back(include.file + " includes " + include.target);
    }
  }
  return found;
}

// Files outside `owner` that include a header matching `header`.
std::vector<std::string> Outside(const std::vector<Include>& includes, const std::string& header,
                                 const std::string& owner) {
  const std::regex header_pattern(header), owner_pattern(owner);
  std::vector<std::string> found;
  for (const Include& include : includes) {
    if (!std::regex_match(include.target, header_pattern)) continue;
    if (std::regex_search(include.file, owner_pattern)) continue;
    found.push_back(include.file + " includes " + include.target);
  }
  return found;
}

constexpr char kLlama[] = R"((llama|ggml|gguf)[-a-z]*\.h|jinja/.*)";
constexpr char kLlamaOwner[] = "^(llm/llama_|model/gguf_)";
constexpr char kTorch[] = R"((torch|ATen|c10)/.*)";
constexpr char kTorchOwner[] = "^(model|reward|policy|session|train|bench|serve|cli)/";
constexpr char kHttp[] = R"(boost/beast.*|curl/.*|httplib\.h)";
constexpr char kHttpOwner[] = "^(llm/remote_|hub/|serve/)";

std::set<std::string> TorchHeaders(const std::vector<Include>& includes) {
  std::set<std::string> headers;
  for (const Include& include : includes) {
    const bool header = fs::path(include.file).extension() == ".h";
    if (header && std::regex_match(include.target, std::regex(kTorch)))
      headers.insert(include.file);
  }
  return headers;
}

fs::path Source() { return fs::path(PGTS_SOURCE_DIR) / "src"; }

TEST(RoomOrder, ListsNameLowerFloorsOnly) {
  const Rooms rooms = ParseRooms(ReadText(Source() / "CMakeLists.txt"));
  EXPECT_GE(rooms.size(), 17u);
  EXPECT_THAT(ListViolations(rooms), IsEmpty());
}

TEST(RoomOrder, EveryFolderOfSrcIsARoom) {
  const Rooms rooms = ParseRooms(ReadText(Source() / "CMakeLists.txt"));
  for (const fs::directory_entry& entry : fs::directory_iterator(Source())) {
    if (!entry.is_directory()) continue;
    EXPECT_EQ(rooms.count(entry.path().filename().string()), 1u) << entry;
  }
}

TEST(RoomOrder, IncludesFollowTheLists) {
  const std::vector<Include> includes = ReadIncludes(Source());
  EXPECT_GT(includes.size(), 200u);
  EXPECT_THAT(RoomViolations(ParseRooms(ReadText(Source() / "CMakeLists.txt")), includes),
              IsEmpty());
}

TEST(RoomOrder, ForeignHeadersStayWithTheirOwners) {
  const std::vector<Include> includes = ReadIncludes(Source());
  EXPECT_THAT(Outside(includes, kLlama, kLlamaOwner), IsEmpty());
  EXPECT_THAT(Outside(includes, kTorch, kTorchOwner), IsEmpty());
  EXPECT_THAT(Outside(includes, kHttp, kHttpOwner), IsEmpty());
}

TEST(RoomOrder, FewHeadersIncludeLibTorch) {
  const std::set<std::string> headers = TorchHeaders(ReadIncludes(Source()));
  EXPECT_LE(headers.size(), size_t{kMaxTorchHeaders}) << ::testing::PrintToString(headers);
}

TEST(RoomOrder, TheMapNamesEveryRoom) {
  const std::string map = ReadText(fs::path(PGTS_SOURCE_DIR) / "docs/ARCHITECTURE.md");
  for (const auto& [room, allowed] : ParseRooms(ReadText(Source() / "CMakeLists.txt"))) {
    EXPECT_THAT(map, HasSubstr("`" + room + "/`"));
  }
}

// The checks themselves, seen failing on a tree that breaks each rule once.
class BrokenTree : public ::testing::Test {
 protected:
  void SetUp() override {
    // Tests run at the same time in processes of their own: a folder each.
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(::testing::TempDir()) / (std::string("room_order_") + test->name());
    fs::remove_all(root_);
    Write("tree/tree.h", "#include \"base/error.h\"\n#include \"world/world.h\"\n");
    Write("tree/tree.cc", "#include \"tree/tree.h\"\n  #  include <torch/torch.h>\n");
    Write("task/task.cc", "#include <vector>\n#include \"tree/tree.h\"\n#include \"llama.h\"\n");
    Write("llm/llama_engine.cc", "#include <ggml-cpu.h>\n#include <boost/beast.hpp>\n");
    Write("llm/prompt.cc", "#include <jinja/runtime.h>\n");
    Write("model/decoder.h", "#include <torch/torch.h>\n");
    includes_ = ReadIncludes(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }

  fs::path root_;
  std::vector<Include> includes_;
};

TEST_F(BrokenTree, BackEdgesAndNeighboursAreFound) {
  const Rooms rooms =
      ParseRooms("pgts_room(tree ROOMS base)\npgts_room(task ROOMS base LIBS re2)\n");
  EXPECT_THAT(RoomViolations(rooms, includes_),
              UnorderedElementsAre("tree/tree.h includes world/world.h",
                                   "task/task.cc includes tree/tree.h"));
}

TEST_F(BrokenTree, ForeignHeadersAreFound) {
  EXPECT_THAT(Outside(includes_, kLlama, kLlamaOwner),
              UnorderedElementsAre("task/task.cc includes llama.h",
                                   "llm/prompt.cc includes jinja/runtime.h"));
  EXPECT_THAT(Outside(includes_, kTorch, kTorchOwner),
              ElementsAre("tree/tree.cc includes torch/torch.h"));
  EXPECT_THAT(Outside(includes_, kHttp, kHttpOwner),
              ElementsAre("llm/llama_engine.cc includes boost/beast.hpp"));
  EXPECT_THAT(TorchHeaders(includes_), ElementsAre("model/decoder.h"));
}

TEST(RoomLists, NeighboursHigherFloorsAndStrangersAreFound) {
  const Rooms rooms = ParseRooms(
      "pgts_room(tree TORCH ROOMS base task\n  LIBS cli)\npgts_room(llm ROOMS world)\n"
      "pgts_room(attic ROOMS base)\n");
  EXPECT_THAT(ListViolations(rooms),
              UnorderedElementsAre("tree may not list task", "llm may not list world",
                                   "attic has no floor", "attic may not list base"));
}

}  // namespace
}  // namespace pgts
