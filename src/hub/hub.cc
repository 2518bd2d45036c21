// SPDX-License-Identifier: Apache-2.0
#include "hub/hub.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "hub/environment.h"

namespace pgts::hub {
namespace {

using Json = nlohmann::json;

std::string TextOf(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string LicenceOf(const Json& repository) {
  const auto card = repository.find("cardData");
  if (card != repository.end() && card->is_object() && !TextOf(*card, "license").empty()) {
    return TextOf(*card, "license");
  }
  constexpr std::string_view kTag = "license:";
  for (const Json& tag : repository.value("tags", Json::array())) {
    if (tag.is_string() && tag.get<std::string>().starts_with(kTag)) {
      return tag.get<std::string>().substr(kTag.size());
    }
  }
  return "";
}

// Nothing that could leave the folder of a snapshot.
bool StaysInside(const std::string& path) {
  return !path.empty() && path.front() != '/' &&
         ("/" + path + "/").find("/../") == std::string::npos;
}

bool IsHex(const std::string& text, size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

RepositoryFile FileOf(const Json& sibling) {
  RepositoryFile file = {.path = TextOf(sibling, "rfilename")};
  if (sibling.contains("size") && sibling["size"].is_number_integer()) file.bytes = sibling["size"];
  const auto lfs = sibling.find("lfs");
  if (lfs == sibling.end() || !lfs->is_object()) return file;
  file.sha256 = TextOf(*lfs, "sha256");
  if (lfs->contains("size") && (*lfs)["size"].is_number_integer()) file.bytes = (*lfs)["size"];
  if (!IsHex(file.sha256, 64)) file.sha256.clear();
  return file;
}

Json Parse(const std::string& body, const std::string& what) {
  Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!json.is_discarded()) return json;
  throw Error::Format("{}: the hub's answer is no JSON; check HF_ENDPOINT", what);
}

std::string TokenOfEnvironment() {
  std::string token = Variable("HF_TOKEN");
  if (token.empty()) {
    const std::string file = HubHome() + "/token";
    if (FileExists(file)) token = ReadFile(file);
  }
  // It becomes a header: one line, without what stands around it.
  const size_t begin = token.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return token.substr(begin, token.find_first_of(" \t\r\n", begin) - begin);
}

}  // namespace

HubOptions HubOptionsOfEnvironment() {
  HubOptions options;
  for (const char* name : {"HF_ENDPOINT", "MODEL_ENDPOINT"}) {
    if (!Variable(name).empty()) options.endpoint = Variable(name);
  }
  if (!options.endpoint.ends_with("/")) options.endpoint += "/";
  options.token = TokenOfEnvironment();
  options.offline = IsSet("HF_HUB_OFFLINE");
  return options;
}

HttpResponse Hub::Ask(const std::string& path, const std::string& what) const {
  return GetPatiently({.url = options_.endpoint + path, .token = options_.token}, options_.patience,
                      what);
}

std::optional<Repository> Hub::Find(const std::string& repository, std::string* why) const {
  const HttpResponse response =
      Ask("api/models/" + EscapePath(repository) + "?blobs=true", repository);
  if (response.status == 401 || response.status == 403 || response.status == 404) {
    if (why != nullptr) {
      *why =
          response.status == 404 ? "not there"
          : options_.token.empty()
              ? "not there, or private: HF_TOKEN is not set"
              : fmt::format("refused ({}): HF_TOKEN is wrong or may not read it", response.status);
    }
    return std::nullopt;
  }
  if (response.status != 200) {
    throw Error::Format("{}: {} answers with status {}", repository, options_.endpoint,
                        response.status);
  }
  const Json json = Parse(response.body, repository);
  if (!json.is_object() || !IsHex(TextOf(json, "sha"), 40) || !json.contains("siblings")) {
    throw Error::Format("{}: the hub's answer names no files; check HF_ENDPOINT", repository);
  }
  Repository found = {
      .name = repository, .commit = TextOf(json, "sha"), .licence = LicenceOf(json)};
  for (const Json& sibling : json["siblings"]) {
    RepositoryFile file = FileOf(sibling);
    if (StaysInside(file.path)) found.files.push_back(std::move(file));
  }
  return found;
}

std::vector<std::string> Hub::Search(const std::string& text) const {
  const HttpResponse response =
      Ask(fmt::format("api/models?search={}&filter=gguf&sort=downloads&direction=-1&limit=50",
                      EscapePath(text)),
          text);
  std::vector<std::string> names;
  if (response.status != 200) return names;
  for (const Json& entry : Parse(response.body, text)) {
    if (entry.is_object() && !TextOf(entry, "id").empty()) names.push_back(TextOf(entry, "id"));
  }
  return names;
}

std::string Hub::FileUrl(const Repository& repository, const std::string& path) const {
  return fmt::format("{}{}/resolve/{}/{}", options_.endpoint, EscapePath(repository.name),
                     repository.commit, EscapePath(path));
}

}  // namespace pgts::hub
