// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "exporter/http/access/web_access.h"
#include "exporter/http/access/web_config.h"
#include "exporter/http/front/tls_context.h"

namespace openclaw_lock {

/// The web configuration in force. What cannot be loaded, or served by this
/// build, changes nothing. Thread-safe; reading may hang in the system, asking
/// for what is in force never does.
class WebConfigFile {
 public:
  /// Loads the file, which may be another than before (empty: none).
  std::optional<Problem> load(const std::filesystem::path& file);

  /// Loads the file again where it, or one that it names, is another than when
  /// it was last tried. Empty: nothing new.
  std::optional<std::optional<Problem>> load_if_changed();

  /// There is a file; may wait for one that is being loaded.
  bool has_file();

  std::shared_ptr<const TlsContext> tls() const;
  WebAccess& access() { return access_; }

 private:
  /// Device, inode, size, times of change; or why it is not there.
  using Print = std::array<std::int64_t, 5>;
  using Prints = std::vector<Print>;

  static Print take_print(const std::filesystem::path& file);
  static Prints take_prints(const std::vector<std::filesystem::path>& files);
  void follow(const std::filesystem::path& file);
  std::optional<Problem> load_now();

  std::mutex loading_;  ///< one at a time
  std::filesystem::path file_;
  std::vector<std::filesystem::path> files_;  ///< with those that it names
  Prints prints_;

  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> tls_;
  WebAccess access_;
};

}  // namespace openclaw_lock
