// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/logs/log_decoder.h"
#include "core/logs/log_intake.h"

using namespace openclaw_lock;

/// A log of any bytes: each line is counted once, and no event comes without a
/// line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string text{reinterpret_cast<const char*>(data), size};
  text += '\n';
  LogLedger ledger;
  LogIntake intake{ledger};
  LogDecoder decoder;
  intake.take(text, decoder, LogOrigin{}, WallTime{});
  const auto& totals = ledger.totals();
  std::uint64_t lines = 0;
  for (const auto count : totals.lines) lines += count;
  if (lines !=
      static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')))
    std::abort();
  std::uint64_t events = 0;
  for (const auto count : totals.events) events += count;
  if (events != totals.lines[static_cast<std::size_t>(LineOutcome::matched)])
    std::abort();
  return 0;
}
