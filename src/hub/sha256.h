// SPDX-License-Identifier: Apache-2.0
// SHA-256 of bytes as they come, by OpenSSL.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace pgts::hub {

class Sha256 {
 public:
  Sha256();
  void Add(std::string_view bytes);
  std::string Hex();  // 64 lower-case digits; once, at the end

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace pgts::hub
