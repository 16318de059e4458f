// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "exporter/http/access/web_access.h"
#include "exporter/http/access/web_config.h"
#include "exporter/http/front/tls_context.h"

namespace openclaw_lock {

/// The web configuration in force. What cannot be loaded, or served by this
/// build, changes nothing. Thread-safe; reading may hang in the system, and
/// keeps nobody then who asks for what is in force or takes in something else.
class WebConfigFile {
  /// Device, inode, size, times of change; or why it is not there.
  using Print = std::array<std::int64_t, 5>;
  using Prints = std::vector<Print>;

 public:
  /// A file (empty: none) with those that it names, as they were when it was
  /// last tried.
  struct Tried {
    std::filesystem::path file;
    std::vector<std::filesystem::path> files;
    Prints prints;
    bool good = true;  ///< it could be loaded
  };

  /// What reading has found.
  struct Read {
    Tried tried;
    std::optional<Problem> problem;
    WebConfig config;
    std::shared_ptr<const TlsContext> tls;
  };

  /// Told of each file before it is touched.
  using Reading = std::function<void(const std::filesystem::path&)>;

  /// Reads the file and those that it names. Changes nothing; may hang.
  static Read read(const std::filesystem::path& file,
                   const Reading& reading = {});

  /// The same where one of them is another than when it was tried; empty:
  /// nothing new.
  static std::optional<Read> read_if_changed(const Tried& tried);

  /// Brings what was read into force, or returns why not.
  std::optional<Problem> take(Read read);

  /// The same, unless another file was taken since.
  std::optional<Problem> take_again(Read read);

  Tried tried() const;

  /// Reads and takes.
  std::optional<Problem> load(const std::filesystem::path& file,
                              const Reading& reading = {});

  /// Reads and takes what has changed. Empty: nothing new.
  std::optional<std::optional<Problem>> load_if_changed();

  std::shared_ptr<const TlsContext> tls() const;
  WebAccess& access() { return access_; }

 private:
  static Print take_print(const std::filesystem::path& file);
  static void follow(const std::filesystem::path& file, Tried& tried,
                     const Reading& reading);
  static void read_into(Read& read, const Reading& reading);
  std::optional<Problem> take_locked(Read read);

  mutable std::mutex mutex_;
  Tried tried_;
  std::shared_ptr<const TlsContext> tls_;
  WebAccess access_;
};

}  // namespace openclaw_lock
