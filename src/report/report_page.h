// SPDX-License-Identifier: Apache-2.0
// The HTML file around a run's data. Its markup, style and scripts stand in report/ and are
// embedded by the build (cmake/embed_page.cmake).
//
// What a model wrote reaches the page as JSON in script elements of a type that is never run, with
// everything escaped that could end them; the page's scripts put it on the screen as text only; and
// the page's content security policy lets no other script run and nothing be loaded.
#pragma once

#include <string>
#include <string_view>

#include "report/report_data.h"

namespace pgts::report {

std::string ReportPage(const ReportData& data);

// JSON text without the characters that HTML or JavaScript could read otherwise (< > & U+2028
// U+2029): they become \u escapes, which mean the same in JSON.
std::string EscapeForHtml(std::string_view json);

}  // namespace pgts::report
