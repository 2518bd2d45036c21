// SPDX-License-Identifier: Apache-2.0
// The terminal on stderr, shared by log lines and the one progress bar at its bottom: a line is
// written above the bar, which is drawn again below it. All functions are safe from any thread.
#pragma once

#include <string_view>

namespace pgts::console {

bool IsTerminal();  // stderr is a terminal that can redraw a line
bool UseColour();   // IsTerminal() and NO_COLOR is unset or empty
int Width();        // columns of the terminal; 80 if unknown

// Writes one line (the newline is added).
void WriteLine(std::string_view line);
// Replaces the bar; empty removes it. Ignored when not a terminal.
void SetBar(std::string_view bar);

}  // namespace pgts::console
