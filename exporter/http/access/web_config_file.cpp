// SPDX-License-Identifier: Apache-2.0
#include "exporter/http/access/web_config_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <tuple>

namespace openclaw_lock {

std::optional<Problem> WebConfigFile::load(const std::filesystem::path& file) {
  const std::lock_guard guard{loading_};
  const auto before = std::tuple{file_, files_, prints_};
  file_ = file;
  auto problem = load_now();
  // Another file that is bad leaves nothing behind; the same one was tried.
  if (problem && file != std::get<0>(before))
    std::tie(file_, files_, prints_) = before;
  return problem;
}

std::optional<std::optional<Problem>> WebConfigFile::load_if_changed() {
  const std::lock_guard guard{loading_};
  if (file_.empty() || take_prints(files_) == prints_) return {};
  return load_now();
}

bool WebConfigFile::has_file() {
  const std::lock_guard guard{loading_};
  return !file_.empty();
}

std::optional<Problem> WebConfigFile::load_now() {
  // Prints come before what they are of is read: a change meanwhile is seen
  // later.
  files_.clear();
  prints_.clear();
  follow(file_);
  const auto config =
      file_.empty() ? Result<WebConfig>{WebConfig{}} : read_web_config(file_);
  if (!config) return config.problem();
  std::shared_ptr<const TlsContext> tls;
  if (config->tls) {
    if (auto problem = find_unsupported({}, true)) return problem;
    for (const auto* source : {&config->tls->certificate, &config->tls->key,
                               &config->tls->client_ca})
      if (!source->file.empty()) follow(source->file);
    auto loaded = TlsContext::load(*config->tls);
    if (!loaded) return loaded.problem();
    tls = *std::move(loaded);
  }
  const std::lock_guard guard{mutex_};
  tls_ = std::move(tls);
  access_.configure(*config);
  return {};
}

void WebConfigFile::follow(const std::filesystem::path& file) {
  files_.push_back(file);
  prints_.push_back(take_print(file));
}

WebConfigFile::Print WebConfigFile::take_print(
    const std::filesystem::path& file) {
  constexpr std::int64_t kNanoseconds = 1000000000;
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return {-1, errno};
  return {static_cast<std::int64_t>(found.st_dev),
          static_cast<std::int64_t>(found.st_ino), found.st_size,
          found.st_mtim.tv_sec * kNanoseconds + found.st_mtim.tv_nsec,
          found.st_ctim.tv_sec * kNanoseconds + found.st_ctim.tv_nsec};
}

WebConfigFile::Prints WebConfigFile::take_prints(
    const std::vector<std::filesystem::path>& files) {
  Prints prints;
  for (const auto& file : files) prints.push_back(take_print(file));
  return prints;
}

std::shared_ptr<const TlsContext> WebConfigFile::tls() const {
  const std::lock_guard guard{mutex_};
  return tls_;
}

}  // namespace openclaw_lock
