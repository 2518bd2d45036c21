// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "base/error.h"
#include "base/temp_folder.h"

namespace pgts {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(FilesTest, AtomicWriteMakesFoldersAndLeavesNoTemporary) {
  const TempFolder folder;
  const std::string path = folder.File("a/b/c.txt");
  WriteFileAtomic(path, "first");
  WriteFileAtomic(path, std::string("se\0cond", 7));
  EXPECT_EQ(ReadFile(path), std::string("se\0cond", 7));
  const auto entries = std::filesystem::directory_iterator(folder.File("a/b"));
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST(FilesTest, ErrorsNameThePath) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("file"), "");
  EXPECT_THAT([&] { ReadFile(folder.File("none")); },
              ThrowsMessage<Error>(AllOf(HasSubstr(folder.File("none")), HasSubstr("check"))));
  EXPECT_THAT([&] { ReadFile(folder.path()); }, ThrowsMessage<Error>(HasSubstr("is a folder")));
  EXPECT_THAT([&] { WriteFileAtomic(folder.File("file/x"), "y"); },
              ThrowsMessage<Error>(HasSubstr(folder.File("file"))));
  EXPECT_THAT([&] { WriteFileAtomic(folder.path(), "y"); },
              ThrowsMessage<Error>(HasSubstr("is a folder")));
  EXPECT_THROW(MakeWritableDirectory(folder.File("file")), Error);
}

TEST(AppendFileTest, GoesOnAfterTheLengthThatIsKept) {
  const TempFolder folder;
  const std::string path = folder.File("log");
  {
    AppendFile file(path);
    file.Append("one ");
    EXPECT_EQ(file.length(), 4);
    AppendFile moved(std::move(file));
    moved.Append("two ");
  }
  {
    AppendFile file(path);
    EXPECT_EQ(file.length(), 8);
    file.Append("three");
  }
  {
    AppendFile file(path, 4);
    file.Append("2");
    file.Flush();
    EXPECT_EQ(ReadFile(path), "one 2");
  }
  EXPECT_THAT([&] { AppendFile(path, 100); }, ThrowsMessage<Error>(HasSubstr("holds 5 bytes")));
}

TEST(FileLockTest, NamesTheHolderAndIsReleased) {
  const TempFolder folder;
  const std::string path = folder.File("world/lock");
  {
    const FileLock lock(path);
    EXPECT_THAT([&] { FileLock second(path); },
                ThrowsMessage<Error>(
                    AllOf(HasSubstr(folder.File("world")), HasSubstr(std::to_string(getpid())))));
  }
  EXPECT_NO_THROW(FileLock again(path));
}

TEST(HashFileTest, TellsContentsApart) {
  const TempFolder folder;
  const auto hash = [&](const std::string& bytes) {
    WriteFileAtomic(folder.File("x"), bytes);
    return HashFile(folder.File("x"));
  };
  EXPECT_EQ(hash("").size(), 16u);
  EXPECT_EQ(hash("abc"), hash("abc"));
  EXPECT_NE(hash(""), hash(std::string(1, '\0')));
  EXPECT_NE(hash("abc"), hash(std::string("abc\0", 4)));
  std::string large(3'000'001, 'x');
  const std::string before = hash(large);
  large[2'000'000] = 'y';
  EXPECT_NE(hash(large), before);
  large[2'000'000] = 'x';
  EXPECT_EQ(hash(large), before);
}

// Worlds on disk are named by it.
TEST(HashFileTest, IsTheSameInEveryBuild) {
  const TempFolder folder;
  WriteFileAtomic(folder.File("x"), "The same on every machine, please.\n");
  EXPECT_EQ(HashFile(folder.File("x")), "0bc5cf0cb9c8f7f2");
  // More than one chunk, ending within a block.
  WriteFileAtomic(folder.File("x"), std::string((1 << 20) + 5, 'x'));
  EXPECT_EQ(HashFile(folder.File("x")), "10e5feea51db0b01");
}

TEST(ResolveNewestTest, TakesTheNewestMatch) {
  namespace fs = std::filesystem;
  const TempFolder folder;
  for (const char* run : {"run_1", "run_2", "run_3"}) WriteFileAtomic(folder.File(run) + "/p", "");
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(folder.File("run_1/p"), now - std::chrono::hours(2));
  fs::last_write_time(folder.File("run_2/p"), now);
  fs::last_write_time(folder.File("run_3/p"), now - std::chrono::hours(1));
  EXPECT_EQ(ResolveNewest(folder.File("run_*/p")), folder.File("run_2/p"));
  EXPECT_EQ(ResolveNewest(folder.File("none")), folder.File("none"));
  EXPECT_THAT([&] { ResolveNewest(folder.File("run_*/q")); },
              ThrowsMessage<Error>(HasSubstr("nothing matches")));
  EXPECT_THROW(ResolveNewest(folder.File("run_?/*")), Error);
  // As a shell hands over an unquoted pattern.
  EXPECT_EQ(Newest({folder.File("run_1/p"), folder.File("run_2/p"), folder.File("run_3/p")}),
            folder.File("run_2/p"));
  EXPECT_THROW(Newest({folder.File("none")}), Error);
}

}  // namespace
}  // namespace pgts
