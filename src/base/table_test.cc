// SPDX-License-Identifier: Apache-2.0
#include "base/table.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace pgts {
namespace {

TEST(TableTest, AlignsByDisplayWidth) {
  Table table({{"method"}, {"accuracy", Align::kRight}, {"note"}});
  table.Row({"pgts", "0.81 ± 0.02", "best"});
  table.Rule();
  table.Row({"問題", "1"});
  EXPECT_EQ(table.Text(),
            "method     accuracy  note\n"
            "------  -----------  ----\n"
            "pgts    0.81 ± 0.02  best\n"
            "------  -----------  ----\n"
            "問題              1\n");
  EXPECT_THROW(table.Row({"1", "2", "3", "4"}), std::logic_error);
}

TEST(DisplayWidthTest, CountsColumns) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("é█±"), 3);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);
  EXPECT_EQ(DisplayWidth("😀"), 2);
  EXPECT_EQ(DisplayWidth("\xFFx\xE2\x82"), 4);
}

}  // namespace
}  // namespace pgts
