// SPDX-License-Identifier: Apache-2.0
#include "task/word_problem_phrases.h"

namespace pgts::task {
namespace {

constexpr bool kHeldOut = true;

// Held-out wording recombines words that the other splits know: a model that learnt the words, and
// not whole sentences, can read it.
// clang-format off: one phrase a line
constexpr Phrase kPhrases[] = {
    {Op::kStart, "{name} has {n} {items}"},
    {Op::kStart, "{name} starts with {n} {items}"},
    {Op::kStart, "{name} has a box of {n} {items}"},
    {Op::kStart, "{name}'s bag holds {n} {items}"},
    {Op::kStart, "{name} fills a bag with {n} {items}", 0, kHeldOut},
    {Op::kStart, "{name}'s box holds {n} {items}", 0, kHeldOut},
    {Op::kStartSum, "{name} has {n} red and {k} blue {items}"},
    {Op::kStartSum, "{name} has {n} old {items} and {k} new ones"},
    {Op::kStartSum, "{name} starts with {n} old and {k} new {items}", 0, kHeldOut},
    {Op::kStartGroups, "{name} has {k} boxes of {n} {items}"},
    {Op::kStartGroups, "{name} fills {k} bags with {n} {items} each"},
    {Op::kStartGroups, "{name} starts with {k} bags of {n} {items}", 0, kHeldOut},

    {Op::kAdd, "buys {n}{of}"},
    {Op::kAdd, "buys {n} more{of}"},
    {Op::kAdd, "finds {n}{of}"},
    {Op::kAdd, "gets {n}{of} from {other}"},
    {Op::kAdd, "wins {n}{of}"},
    {Op::kAdd, "makes {n} more{of}"},
    {Op::kAdd, "finds {n} more{of}", 0, kHeldOut},
    {Op::kAdd, "gets {n} more{of}", 0, kHeldOut},
    {Op::kAdd, "wins {n}{of} from {other}", 0, kHeldOut},
    {Op::kTake, "loses {n}{of}"},
    {Op::kTake, "gives {n}{of} to {other}"},
    {Op::kTake, "sells {n}{of}"},
    {Op::kTake, "gives away {n}{of}"},
    {Op::kTake, "uses {n}{of}"},
    {Op::kTake, "throws out {n}{of}"},
    {Op::kTake, "loses {n}{of} to {other}", 0, kHeldOut},
    {Op::kTake, "sells {n}{of} to {other}", 0, kHeldOut},
    {Op::kTake, "throws away {n}{of}", 0, kHeldOut},
    {Op::kTimes, "doubles {them}", 2},
    {Op::kTimes, "triples {them}", 3},
    {Op::kTimes, "gets to twice as many{of}", 2},
    {Op::kTimes, "gets to {k} times as many{of}"},
    {Op::kTimes, "makes {them} {k} times as many"},
    {Op::kTimes, "makes {them} twice as many", 2, kHeldOut},
    {Op::kTimes, "ends up with {k} times as many{of}", 0, kHeldOut},
    {Op::kKeepPart, "keeps half{of_them}", 2},
    {Op::kKeepPart, "keeps a third{of_them}", 3},
    {Op::kKeepPart, "keeps a quarter{of_them}", 4},
    {Op::kKeepPart, "keeps one of {k} piles"},
    {Op::kKeepPart, "keeps 1 of {k} equal parts"},
    {Op::kKeepPart, "ends up with half{of_them}", 2, kHeldOut},
    {Op::kKeepPart, "ends up with a third{of_them}", 3, kHeldOut},
    {Op::kKeepPart, "ends up with one of {k} piles", 0, kHeldOut},
    {Op::kAddGroups, "buys {k} packs of {n}{of}"},
    {Op::kAddGroups, "finds {k} bags of {n}{of}"},
    {Op::kAddGroups, "gets {n}{of} from each of {k} friends"},
    {Op::kAddGroups, "makes {n}{of} a day for {k} days"},
    {Op::kAddGroups, "wins {k} packs of {n}{of}", 0, kHeldOut},
    {Op::kAddGroups, "finds {n}{of} a day for {k} days", 0, kHeldOut},
    {Op::kTakeGroups, "sells {k} bags of {n}{of}"},
    {Op::kTakeGroups, "gives {n}{of} to each of {k} friends"},
    {Op::kTakeGroups, "uses {n}{of} a day for {k} days"},
    {Op::kTakeGroups, "loses {k} packs of {n}{of}"},
    {Op::kTakeGroups, "gives away {k} packs of {n}{of}", 0, kHeldOut},
    {Op::kTakeGroups, "sells {n}{of} a day for {k} days", 0, kHeldOut},
    {Op::kLosePart, "loses a third{of_them}", 3},
    {Op::kLosePart, "sells a quarter{of_them}", 4},
    {Op::kLosePart, "gives away a fifth{of_them}", 5},
    {Op::kLosePart, "uses 1 of {k} equal parts"},
    {Op::kLosePart, "gives away a third{of_them}", 3, kHeldOut},
    {Op::kLosePart, "loses a quarter{of_them}", 4, kHeldOut},

    {Op::kAsk, "How many {items} has {he}?"},
    {Op::kAsk, "How many {items} now?"},
    {Op::kAsk, "How many {items} in all?"},
    {Op::kAsk, "How many {items} has {he} now?", 0, kHeldOut},
    {Op::kAskEach, "{k} friends share {them}. How many each?"},
    {Op::kAskEach, "{k} boxes hold {them}. How many in each?"},
    {Op::kAskEach, "{k} friends hold {them}. How many in each?", 0, kHeldOut},
    {Op::kAskPrice, "{he} sells {them} at {k} dollars each. How much?"},
    {Op::kAskPrice, "Each of {them} costs {k} dollars. How much?"},
    {Op::kAskPrice, "{he} sells each of {them} at {k} dollars. How much?", 0, kHeldOut},
    {Op::kAskMissing, "{he} needs {n}{of}. How many more?"},
    {Op::kAskMissing, "How many more to have {n} {items}?"},
    {Op::kAskMissing, "{he} needs to have {n}{of}. How many more?", 0, kHeldOut},
    {Op::kAskTogetherTimes, "{other} has twice as many{of}. How many in all?", 2},
    {Op::kAskTogetherTimes, "{other} has {k} times as many{of}. How many have both?"},
    {Op::kAskTogetherTimes, "{other} has {k} times as many{of}. How many in all?", 0, kHeldOut},
    {Op::kAskTogetherMore, "{other} has {n} more{of} than {name}. How many in all?"},
    {Op::kAskTogetherMore, "{other} has {n} more{of}. How many have both?", 0, kHeldOut},
    {Op::kAskTogetherLess, "{other} has {n} fewer{of} than {name}. How many in all?"},
    {Op::kAskTogetherLess, "{other} has {n} fewer{of}. How many have both?", 0, kHeldOut},
    {Op::kAskHowManyMore, "{other} has {k} times as many{of}. How many more {items}?"},
    {Op::kAskHowManyMore, "{other} has twice as many{of}. How many more {items}?", 2, kHeldOut},
};

constexpr Distractor kDistractors[] = {
    {"{he} is {d} years old."},
    {"{he} also has {d} {cups}."},
    {"{he} buys {d} {cups}."},
    {"{he} sells {d} {cups}."},
    {"{other} has {d} {cups}."},
    {"It is day {d}."},
    {"{he} has {d} {cups} too.", kHeldOut},
    {"{other} is {d} years old.", kHeldOut},
};

constexpr Frame kFrames[] = {
    {"{he} {a}.", 1},
    {"Then {he} {a}.", 1},
    {"{he} {a} and {b}.", 2},
    {"{he} {a}, then {b}.", 2},
    {"{he} {a}, {b} and {c}.", 3},
    {"{he} {a}, but first {he} {b}.", 2, true},
    {"Before {he} {a}, {he} {b}.", 2, true},
    {"{he} then {a}.", 1, false, kHeldOut},
    {"First {he} {a}, then {b}.", 2, false, kHeldOut},
    {"{he} {a}, then {b} and {c}.", 3, false, kHeldOut},
    {"{he} {a}, but before {he} {b}.", 2, true, kHeldOut},
};

constexpr Person kPeople[] = {{"Tom", true},  {"Ann", false},  {"Bo", true},   {"Mia", false},
                              {"Sam", true},  {"Eva", false},  {"Max", true},  {"Lily", false},
                              {"Leo", true},  {"Zoe", false},  {"Ben", true},  {"Ida", false},
                              {"Jack", true}, {"Rosa", false}, {"Omar", true}, {"Nina", false}};

constexpr const char* kThings[] = {"pens",  "cups",   "books", "coins",  "apples", "eggs",
                                   "cards", "stamps", "beads", "shells", "nuts",   "balls",
                                   "plums", "keys",   "toys",  "rocks"};

// clang-format on

}  // namespace

std::span<const Phrase> Phrases() { return kPhrases; }
std::span<const Distractor> Distractors() { return kDistractors; }
std::span<const Frame> Frames() { return kFrames; }
std::span<const Person> People() { return kPeople; }
std::span<const char* const> Things() { return kThings; }

}  // namespace pgts::task
