// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/command_line.h"

#include <doctest/doctest.h>
#include <stdlib.h>  // mkdtemp

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "exporter/build_info.h"
#include "exporter/config/flags.h"

using namespace openclaw_lock;
using namespace std::chrono_literals;

namespace {

using Arguments = std::vector<std::string>;

Settings accepted(const Arguments& arguments) {
  const auto result = parse_command_line(arguments);
  const auto* exit = std::get_if<EarlyExit>(&result);
  REQUIRE_MESSAGE(exit == nullptr, exit->text);
  return std::get<Settings>(result);
}

/// The one line without program name and line end; checks that it is one.
std::string refused(const Arguments& arguments) {
  const std::string program = "openclaw-lock-exporter: ";
  const auto result = parse_command_line(arguments);
  const auto* exit = std::get_if<EarlyExit>(&result);
  if (exit == nullptr) return "accepted";
  CHECK(exit->exit_code == 2);
  CHECK(exit->text.starts_with(program));
  CHECK(std::ranges::count(exit->text, '\n') == 1);
  CHECK(exit->text.ends_with('\n'));
  return exit->text.substr(program.size(),
                           exit->text.size() - program.size() - 1);
}

EarlyExit answered(const Arguments& arguments) {
  const auto result = parse_command_line(arguments);
  REQUIRE(std::holds_alternative<EarlyExit>(result));
  return std::get<EarlyExit>(result);
}

/// A configuration file that goes with the test.
class ConfigFile {
 public:
  explicit ConfigFile(std::string_view text) {
    std::string name =
        (std::filesystem::temp_directory_path() / "command_line_XXXXXX")
            .native();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    directory_ = name;
    std::ofstream{directory_ / "c.yml"} << text;
  }
  ConfigFile(const ConfigFile&) = delete;
  ConfigFile& operator=(const ConfigFile&) = delete;
  ~ConfigFile() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::string path() const { return (directory_ / "c.yml").native(); }
  std::string flag() const { return "--config.file=" + path(); }

 private:
  std::filesystem::path directory_;
};

}  // namespace

TEST_CASE("parse_command_line: without flags all is default") {
  const auto settings = accepted({});
  CHECK(settings.gateways.empty());
  CHECK(settings.listen == std::vector<ListenAddress>{{"127.0.0.1", 10069}});
}

TEST_CASE("parse_command_line: every flag") {
  std::istringstream words{
      "--config.check --openclaw.state-dir=a=/srv/a --openclaw.state-dir "
      "/srv/oc* --openclaw.log=a=/srv/a.log --openclaw.log "
      "a=journald:a.service "
      "--path.procfs=/host/proc --path.sysfs /host/sys "
      "--path.rootfs=/host --sample.interval=1m30s --no-collector.locks "
      "--collector.processes --no-collector.logs --no-collector.disk "
      "--storage.path=/var/lib/x "
      "--web.listen-address=:1 "
      "--web.listen-address localhost:2 --web.telemetry-path=/m "
      "--web.max-requests=0 --web.disable-exporter-metrics "
      "--log.level=error --log.format=json --once "
      "--textfile.path=/x.prom "};
  const auto settings =
      accepted(Arguments{std::istream_iterator<std::string>{words}, {}});
  CHECK(settings.config_check);
  CHECK(settings.gateways == std::vector<GatewaySettings>{
                                 {"a", "/srv/a", {}}, {"", "/srv/oc*", {}}});
  CHECK(settings.logs == std::vector<LogSettings>{{"a", "/srv/a.log"},
                                                  {"a", "journald:a.service"}});
  CHECK(settings.procfs == "/host/proc");
  CHECK(settings.sysfs == "/host/sys");
  CHECK(settings.rootfs == "/host");
  CHECK(settings.sample_interval == 90s);
  CHECK_FALSE(settings.collect_locks);
  CHECK(settings.collect_processes);
  CHECK_FALSE(settings.collect_logs);
  CHECK_FALSE(settings.collect_disk);
  CHECK(settings.storage_path == "/var/lib/x");
  CHECK(settings.listen ==
        std::vector<ListenAddress>{{"", 1}, {"127.0.0.1", 2}});
  CHECK(settings.telemetry_path == "/m");
  CHECK(settings.max_requests == 0);
  CHECK(settings.disable_exporter_metrics);
  CHECK(settings.log_level == LogLevel::error);
  CHECK(settings.log_format == LogFormat::json);
  CHECK(settings.once);
  CHECK(settings.textfile_path == "/x.prom");
}

TEST_CASE("parse_command_line: --help wins over what else is wrong") {
  const auto help = answered({"--help"});
  CHECK(help.exit_code == 0);
  CHECK(help.text == help_text());
  CHECK(answered({"-h"}).text == help_text());
  CHECK(answered({"--once", "-h", "--foo"}).text == help_text());
}

TEST_CASE("parse_command_line: --version names version, revision, compiler") {
  const auto version = answered({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.text == "openclaw-lock-exporter " + std::string{kVersion} +
                            " (revision " + std::string{kRevision} + ", " +
                            std::string{kCompiler} + ")\n");
}

TEST_CASE("parse_command_line: unknown flags are named without their value") {
  CHECK(refused({"--token=secret"}) == "unknown flag \"--token\" (see --help)");
  CHECK(refused({"--sample.intervall", "5s"}) ==
        "unknown flag \"--sample.intervall\" (see --help)");
  CHECK(refused({"-once"}) == "unknown flag \"-once\" (see --help)");
  CHECK(refused({"-x"}) == "unknown flag \"-x\" (see --help)");
  CHECK(refused({"--foo="}) == "unknown flag \"--foo\" (see --help)");
  CHECK(refused({"--a\nb"}) ==
        "unknown flag \"--a\xEF\xBF\xBD"
        "b\" (see --help)");
  for (const char* later :
       {"--openclaw.logs=/x", "--storage=/x", "--web.config=/x",
        "--collector.log", "--no-collector.disks", "--no-once", "--Once",
        "--sample_interval=5s", "--config"})
    CHECK(refused({later}).starts_with("unknown flag \"--"));
}

TEST_CASE("parse_command_line: arguments that are no flags are refused") {
  CHECK(refused({"diagnose"}) ==
        "unexpected argument \"diagnose\" (see --help)");
  CHECK(refused({"--openclaw.state-dir", "/a", "/b"}) ==
        "unexpected argument \"/b\" (see --help)");
  for (const char* argument : {"", "-", "--", "=", "--="})
    CHECK(refused({argument}).find("see --help") != std::string::npos);
}

TEST_CASE("parse_command_line: a flag without its value is named") {
  const std::string expected =
      "--path.procfs is given without a value, expected --path.procfs=PATH";
  CHECK(refused({"--path.procfs"}) == expected);
  CHECK(refused({"--path.procfs="}) == expected);
  CHECK(refused({"--path.procfs=", "--once"}) == expected);
  CHECK(refused({"--path.procfs", ""})
            .starts_with("invalid value \"\" for --path.procfs: expected"));
  CHECK(refused({"--path.procfs", "--once"})
            .starts_with("invalid value \"--once\" for --path.procfs"));
}

TEST_CASE("parse_command_line: a switch takes no value") {
  CHECK(refused({"--once=false"}) == "--once takes no value");
  CHECK(refused({"--collector.locks=false"}) ==
        "--collector.locks takes no value, use --collector.locks or "
        "--no-collector.locks");
  CHECK(refused({"--no-collector.locks=true"})
            .starts_with("--collector.locks takes no value"));
  CHECK(refused({"--help=yes"}) == "--help takes no value");
}

TEST_CASE("parse_command_line: a flag for one value cannot be repeated") {
  CHECK(refused({"--log.level=info", "--log.level=info"}) ==
        "--log.level is given more than once");
  CHECK(refused({"--once", "--once"}) == "--once is given more than once");
  CHECK(refused({"--collector.locks", "--no-collector.locks"}) ==
        "--collector.locks is given more than once");
}

TEST_CASE("parse_command_line: a bad value is named with flag and remedy") {
  CHECK(refused({"--sample.interval=5"}) ==
        "invalid value \"5\" for --sample.interval: expected a duration from "
        "100ms to 1h, such as 5s");
  CHECK(refused({"--sample.interval", "-5s"})
            .starts_with("invalid value \"-5s\" for --sample.interval"));
  CHECK(refused({"--web.listen-address=[::x]:10069"})
            .find("an IPv6 address in brackets") != std::string::npos);
  CHECK(refused({"--web.listen-address", "[:1,:2]"})
            .starts_with("invalid value \"[:1,:2]\""));
  for (const char* flag :
       {"--web.listen-address=unix:x", "--web.telemetry-path=/-/x",
        "--web.max-requests=-1", "--log.level=trace", "--log.format=xml",
        "--textfile.path=/x.txt", "--path.rootfs=host", "--path.sysfs=~/x",
        "--openclaw.state-dir=x", "--openclaw.state-dir==/x",
        "--openclaw.state-dir=a=x", "--openclaw.state-dir=a=/x*",
        "--openclaw.log=x", "--openclaw.log==/x",
        "--openclaw.log=a=", "--openclaw.log=a=-x",
        "--openclaw.log=journald:a/b", "--storage.path=x"})
    CHECK(refused({flag}).starts_with("invalid value \""));
}

TEST_CASE("parse_command_line: values go through as they are") {
  for (const char* path : {"/a,b", "/[a,b]", "/a;b", "/{}", "/%%", "/\"a\"",
                           "/a b", "/\\n", "/a=b", "/\xFF"}) {
    CAPTURE(path);
    CHECK(accepted({"--openclaw.state-dir", path}).gateways ==
          std::vector<GatewaySettings>{{"", path, {}}});
  }
  CHECK(accepted({"--openclaw.state-dir=[a]=/x=y"}).gateways ==
        std::vector<GatewaySettings>{{"[a]", "/x=y", {}}});
}

TEST_CASE("parse_command_line: state directories must differ") {
  CHECK(refused({"--openclaw.state-dir=/a", "--openclaw.state-dir=b=/a/"})
            .ends_with("state directory \"/a\" is given twice"));
  CHECK(refused({"--openclaw.state-dir=a=/a", "--openclaw.state-dir=a=/b"})
            .ends_with("gateway name \"a\" is given twice"));
}

TEST_CASE("parse_command_line: a flag wins over the file, key by key") {
  const ConfigFile file{
      "gateways: [{name: f, state_dir: /f}]\n"
      "collector: {locks: false}\n"
      "sample: {interval: 10s}\n"
      "web: {listen_address: [\":1\", \":2\"], telemetry_path: /f}\n"};
  const auto alone = accepted({file.flag()});
  CHECK(alone.gateways.size() == 1);
  CHECK_FALSE(alone.collect_locks);
  CHECK(alone.sample_interval == 10s);
  const auto both = accepted({"--openclaw.state-dir=/g", "--collector.locks",
                              "--web.listen-address=:3", file.flag()});
  CHECK(both.gateways == std::vector<GatewaySettings>{{"", "/g", {}}});
  CHECK(both.collect_locks);
  CHECK(both.sample_interval == 10s);
  CHECK(both.listen == std::vector<ListenAddress>{{"", 3}});
  CHECK(both.telemetry_path == "/f");
}

TEST_CASE("parse_command_line: logs of discovered gateways need no name") {
  CHECK(accepted({"--openclaw.log=/x", "--openclaw.log", "b=-"}).logs ==
        std::vector<LogSettings>{{"", "/x"}, {"b", "-"}});
  CHECK(accepted({"--openclaw.log=-"}).logs ==
        std::vector<LogSettings>{{"", "-"}});
}

TEST_CASE("parse_command_line: a log needs a gateway that it can be of") {
  const std::string a = "--openclaw.state-dir=a=/a";
  const std::string b = "--openclaw.state-dir=b=/b";
  const std::string many = "--openclaw.state-dir=oc{1}=/oc*";
  CHECK(refused({a, "--openclaw.log=c=/x"}) ==
        "invalid value \"c=/x\" for --openclaw.log: no configured gateway is "
        "named \"c\"");
  CHECK(refused({a, b, "--openclaw.log=/x"}) ==
        "invalid value \"/x\" for --openclaw.log: there may be several "
        "gateways, say of which it is: NAME=SOURCE");
  CHECK(refused({many, "--openclaw.log=/x"}).find("NAME=SOURCE") !=
        std::string::npos);
  CHECK(accepted({a, "--openclaw.log=/x"}).logs.size() == 1);
  CHECK(accepted({a, b, "--openclaw.log=b=/x"}).logs.size() == 1);
  CHECK(accepted({a, many, "--openclaw.log=oc7=/x"}).logs.size() == 1);
  CHECK(accepted({a, "--openclaw.state-dir=/b", "--openclaw.log=b=/x"})
            .logs.size() == 1);
}

TEST_CASE("parse_command_line: captures in a log are those of its gateway") {
  const std::string many = "--openclaw.state-dir=oc{1}=/oc*";
  CHECK(accepted({many, "--openclaw.log=oc{1}=/x/{1}"}).logs.size() == 1);
  CHECK(
      refused({many, "--openclaw.log=oc{1}=/x/{2}"})
          .ends_with("\"/x/{2}\" uses {2}, but the state directory has only 1 "
                     "*"));
  for (const char* log : {"--openclaw.log=oc7=/{1}", "--openclaw.log=oc{1}=-"})
    CHECK(refused({many, log}).starts_with("invalid value \"oc"));
  CHECK(refused({"--openclaw.log=/{1}"}).find("uses {1}") != std::string::npos);
}

TEST_CASE("parse_command_line: a log is given once, standard input in all") {
  CHECK(refused({"--openclaw.log=/x", "--openclaw.log=//x"}) ==
        "invalid value \"//x\" for --openclaw.log: this log is given twice");
  CHECK(refused({"--openclaw.log=a=-", "--openclaw.log=b=-"}) ==
        "invalid value \"b=-\" for --openclaw.log: standard input is given "
        "twice");
  const ConfigFile file{
      "gateways: [{name: a, state_dir: /a, logs: [\"-\"]},\n"
      "  {name: b, state_dir: /b, logs: [/x]}]\n"};
  CHECK(accepted({file.flag(), "--openclaw.log=a=-"}).logs.size() == 1);
  CHECK(refused({file.flag(), "--openclaw.log=b=-"}) ==
        "invalid value \"b=-\" for --openclaw.log: the configuration file "
        "gives it to another gateway");
}

TEST_CASE("parse_command_line: nothing is stored in a state directory") {
  CHECK(refused({"--openclaw.state-dir=/a", "--storage.path=/a/b"}) ==
        "invalid value \"/a/b\" for --storage.path: it lies in the state "
        "directory \"/a\", where the exporter never writes");
  const ConfigFile file{"storage: {path: /a/b}\n"};
  CHECK(refused({"--openclaw.state-dir=/a", file.flag()}) ==
        "invalid value \"/a/b\" for storage.path: it lies in the state "
        "directory \"/a\", where the exporter never writes");
  CHECK(accepted({"--openclaw.state-dir=/a", file.flag(), "--storage.path=/s"})
            .storage_path == "/s");
}

TEST_CASE("parse_command_line: a bad file is a wrong use with file and line") {
  const ConfigFile file{"sample:\n  intervall: 5s\n"};
  CHECK(refused({"--config.file", file.path(), "--sample.interval=1s"}) ==
        file.path() +
            ":2: unknown key \"intervall\" in sample (expected: interval)");
  CHECK(refused({"--config.file=/nonexistent"})
            .starts_with("invalid value \"/nonexistent\" for --config.file: "));
}
