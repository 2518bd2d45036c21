// SPDX-License-Identifier: Apache-2.0
// The wording of generated word problems: plain tables, no logic.
//
// In a phrase: {n} and {k} are the drawn numbers, {of} is "" or " pens", {them} is "them" or
// "the pens", {of_them} is "" or " of the pens", {items} is always "pens", {name} the hero, {he}
// the hero's pronoun, {other} a friend, {cups} another kind of thing that plays no part.
#pragma once

#include <span>

namespace pgts::task {

// What happens to the running quantity r, as the reference steps write it.
enum class Op {
  // How a problem opens.
  kStart,        // r = n                     (no step)
  kStartSum,     // n+k=r
  kStartGroups,  // k*n=r
  // What happens then.
  kAdd,         // r+n
  kTake,        // r-n
  kTimes,       // r*k
  kKeepPart,    // r/k                       (exact)
  kAddGroups,   // k*n=g, r+g                ("{n}" before "{k}" in the phrase: n*k=g)
  kTakeGroups,  // k*n=g, r-g
  kLosePart,    // r/k=g, r-g                (exact)
  // How it ends, the question included.
  kAsk,               // (no step)
  kAskEach,           // r/k                       (exact)
  kAskPrice,          // r*k
  kAskMissing,        // n-r
  kAskTogetherTimes,  // r*k=g, r+g
  kAskTogetherMore,   // r+n=g, r+g
  kAskTogetherLess,   // r-n=g, r+g
  kAskHowManyMore,    // r*k=g, g-r
};

struct Phrase {
  Op op;
  const char* text;
  int factor = 0;         // the k that the wording fixes ("doubles": 2); 0: drawn
  bool held_out = false;  // only in the templates split
};

std::span<const Phrase> Phrases();

// Sentences that give a number which must not be used. {d} is that number.
struct Distractor {
  const char* text;
  bool held_out = false;
};
std::span<const Distractor> Distractors();

// How one to three clauses ("buys 9"), {a} {b} {c} in the order of the text, become a sentence.
// `reversed`: {b} happens before {a}.
struct Frame {
  const char* text;
  int clauses;
  bool reversed = false;
  bool held_out = false;
};
std::span<const Frame> Frames();

struct Person {
  const char* name;
  bool male;
};
std::span<const Person> People();
std::span<const char* const> Things();

}  // namespace pgts::task
