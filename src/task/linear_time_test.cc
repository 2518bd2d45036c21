// SPDX-License-Identifier: Apache-2.0
// Reading a text takes time linear in its length, whatever stands in it. Counted is not time but
// how often a reader comes back to a page of memory that holds the text or a copy of it: only a few
// of these pages may be touched at once, so that touching another is a fault, which is counted.
// Passing over all pages a fixed number of times is linear; a reader that goes through the rest of
// the text again at each place of it is out of its budget at once.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include "task/answer.h"
#include "task/equation.h"

namespace pgts::task {
namespace {

constexpr size_t kPage = 4096;
constexpr size_t kTextBytes = 64 * kPage;
constexpr size_t kArenaBytes = 64 * kTextBytes;
constexpr int64_t kPasses = 150;  // 75 are made at most

// Memory for what is as large as the texts, in one piece, given out once.
char* arena = nullptr;
size_t used = 0;
bool watching = false;
std::array<char*, 8> touchable;
int64_t faults = 0;
const char* current = "";

bool InArena(const void* at) {
  const char* const byte = static_cast<const char*>(at);
  return arena != nullptr && byte >= arena && byte < arena + kArenaBytes;
}

[[noreturn]] void GiveUp(std::string_view why) {
  for (const std::string_view part : {why, std::string_view(current), std::string_view("\n")}) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, part.data(), part.size());
  }
  _exit(1);
}

void OnFault(int /*signal*/, siginfo_t* info, void* /*context*/) {
  if (!watching || !InArena(info->si_addr)) GiveUp("a bad access while reading ");
  constexpr auto kBudget = kPasses * static_cast<int64_t>(kTextBytes / kPage);
  if (++faults > kBudget) GiveUp("more than linear in the length of the text: many ");
  char*& place = touchable[static_cast<size_t>(faults) % touchable.size()];
  if (place != nullptr) mprotect(place, kPage, PROT_NONE);
  const auto offset = static_cast<size_t>(static_cast<char*>(info->si_addr) - arena);
  place = arena + offset / kPage * kPage;
  mprotect(place, kPage, PROT_READ | PROT_WRITE);
}

// While it lives, allocations of a text's size are watched.
class Watch {
 public:
  explicit Watch(const char* unit) {
    current = unit;
    used = 0;
    faults = 0;
    touchable = {};
    arena = static_cast<char*>(
        mmap(nullptr, kArenaBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    struct sigaction action {};
    action.sa_sigaction = OnFault;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, &before_);
    watching = true;
  }
  ~Watch() {
    watching = false;
    sigaction(SIGSEGV, &before_, nullptr);
    munmap(arena, kArenaBytes);
    arena = nullptr;
  }

 private:
  struct sigaction before_ {};
};

}  // namespace
}  // namespace pgts::task

// Not inlined: g++ would take malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(size_t size) {
  using namespace pgts::task;
  if (watching && size >= kTextBytes / 2) {
    char* const given = arena + used;
    used += (size + kPage - 1) / kPage * kPage;
    if (used > kArenaBytes) GiveUp("too many copies of the text: many ");
    return given;
  }
  if (void* const given = std::malloc(size == 0 ? 1 : size)) return given;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* given) noexcept {
  if (!pgts::task::InArena(given)) std::free(given);
}
[[gnu::noinline]] void operator delete(void* given, size_t /*size*/) noexcept {
  operator delete(given);
}

namespace pgts::task {
namespace {

constexpr const char* kUnits[] = {"#",
                                  "#### ",
                                  "-",
                                  "$",
                                  ".",
                                  "1",
                                  "1,",
                                  "1,11",
                                  "1,111",
                                  "1.111",
                                  "1/",
                                  "1 ",
                                  "1 1/2 ",
                                  "1:",
                                  "1-",
                                  "1e",
                                  "1 x ",
                                  "1=",
                                  "1 or ",
                                  "answer is ",
                                  "answer is 1 ",
                                  "answer",
                                  "1 is the answer ",
                                  "A:\n",
                                  "Q:\n",
                                  "Q: 1\nA: 1\n",
                                  "\\boxed{",
                                  "\\frac{",
                                  "\\frac{1}{",
                                  "{",
                                  " ",
                                  "\n",
                                  "-$",
                                  "7 ",
                                  "step 7: ",
                                  "½",
                                  "١",
                                  "\u00a0",
                                  "\u200b",
                                  "minus ",
                                  "#### 1. x\n",
                                  "#### x\n",
                                  "#### # ",
                                  "Answer - ",
                                  "Answer: 1. ",
                                  "answer: 1+1 ",
                                  "answer to ",
                                  "the final answer ",
                                  "</think>",
                                  "[INST]",
                                  "Q1: ",
                                  "Example 1",
                                  "1 * ",
                                  "9   -",
                                  "1, ",
                                  "1 a, ",
                                  "x = 1, y",
                                  "USD ",
                                  "12:30"};

std::string Many(std::string_view unit) {
  std::string text;
  text.reserve(kTextBytes + 64);
  while (text.size() < kTextBytes) text += unit;
  return text;
}

TEST(LinearTimeTest, ReadingAnAnswer) {
  for (const char* unit : kUnits) {
    for (const char* end : {"", "\n#### ", "\n#### 5", "\n= 5\nQ: 6"}) {
      const Watch watch(unit);
      ExtractNumber(Many(unit) + end, AnswerFilter::kFlexible);
    }
    const Watch watch(unit);
    ExtractNumber("#### " + Many(unit), AnswerFilter::kStrict);
  }
}

TEST(LinearTimeTest, FindingEquations) {
  for (const char* unit : kUnits) {
    const Watch watch(unit);
    FindEquations(Many(unit));
  }
  for (const char* unit : {"(", "(1+", "1+(", ")", "1+1=", "(1=", "1+", "x", "1%  "}) {
    const Watch watch(unit);
    FindEquations(Many(unit));
  }
}

}  // namespace
}  // namespace pgts::task
