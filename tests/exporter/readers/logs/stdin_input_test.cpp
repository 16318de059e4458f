// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/stdin_input.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "exporter/system/unique_fd.h"
#include "tests/support/log_records.h"

using namespace openclaw_lock;
using log_records::incident;
using log_records::plain;

namespace {

/// A pipe, read by a StdinInput after each write.
struct Pipe {
  Pipe() {
    int ends[2] = {};
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    out = UniqueFd{ends[0]};
    in = UniqueFd{ends[1]};
    input.emplace(out.get(), false);
  }

  /// What the input said of the last piece.
  bool send(const std::string& text) {
    bool more = true;
    for (std::size_t at = 0; at < text.size(); at += 60'000) {
      const auto piece = text.substr(at, 60'000);
      REQUIRE(::write(in.get(), piece.data(), piece.size()) ==
              static_cast<ssize_t>(piece.size()));
      more = read();
    }
    return more;
  }
  bool read() {
    const auto result = input->read_on(intake, WallTime{});
    REQUIRE(result);
    return *result;
  }
  bool end() {
    in = UniqueFd{};
    return read();
  }

  const LineCounts& lines() const { return ledger.totals().lines; }

  UniqueFd out;
  UniqueFd in;
  LogLedger ledger;
  LogIntake intake{ledger};
  std::optional<StdinInput> input;
};

}  // namespace

TEST_CASE("StdinInput: counts whole lines as they come") {
  Pipe pipe;
  CHECK(pipe.input->descriptor() == pipe.out.get());
  const auto line = incident(1);
  CHECK(pipe.send(line + plain(2) + line.substr(0, 50)));
  CHECK(pipe.lines() == LineCounts{1, 1, 0, 0});
  CHECK(pipe.send(line.substr(50, 10)));
  CHECK(pipe.lines() == LineCounts{1, 1, 0, 0});
  CHECK(pipe.send(line.substr(60)));
  CHECK(pipe.lines() == LineCounts{2, 1, 0, 0});
  CHECK(pipe.ledger.totals().bytes == 2 * line.size() + plain(2).size());
}

TEST_CASE("StdinInput: with nothing there it waits") {
  Pipe pipe;
  CHECK(pipe.read());
  CHECK(pipe.input->descriptor() >= 0);
  CHECK(pipe.lines() == LineCounts{});
}

TEST_CASE("StdinInput: a last line without newline counts; then it is over") {
  Pipe pipe;
  const auto line = incident(1);
  pipe.send(line.substr(0, line.size() - 1));
  CHECK(pipe.lines() == LineCounts{});
  CHECK_FALSE(pipe.end());
  CHECK(pipe.lines() == LineCounts{1, 0, 0, 0});
  CHECK(pipe.ledger.totals().bytes == line.size() - 1);
  CHECK(pipe.input->descriptor() == -1);
  CHECK_FALSE(pipe.read());
  CHECK(pipe.lines() == LineCounts{1, 0, 0, 0});
}

TEST_CASE("StdinInput: an empty input is over without a line") {
  Pipe pipe;
  CHECK_FALSE(pipe.end());
  CHECK(pipe.lines() == LineCounts{});
}

TEST_CASE("StdinInput: an oversized line counts once, and the next one too") {
  Pipe pipe;
  pipe.send(incident(1) + std::string(3 << 20, 'x'));
  CHECK(pipe.lines() == LineCounts{1, 0, 0, 1});
  pipe.send("x\n" + incident(2));
  CHECK(pipe.lines() == LineCounts{2, 0, 0, 1});
}

TEST_CASE("StdinInput: ends within an oversized line") {
  Pipe pipe;
  pipe.send(std::string(2 << 20, 'x'));
  CHECK_FALSE(pipe.end());
  CHECK(pipe.lines() == LineCounts{0, 0, 0, 1});
}

TEST_CASE("StdinInput: what cannot be read is told once and is over") {
  LogLedger ledger;
  LogIntake intake{ledger};
  const UniqueFd directory{::open("/", O_RDONLY | O_CLOEXEC)};
  StdinInput input{directory.get(), false};
  const auto result = input.read_on(intake, WallTime{});
  REQUIRE_FALSE(result);
  CHECK(result.problem().fault == Fault::io);
  CHECK(result.problem().where == "standard input");
  CHECK(input.descriptor() == -1);
}
