// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/disk/pressure_reader.h"

#include "exporter/system/file.h"

namespace openclaw_lock {

Result<Pressure> read_pressure(const std::filesystem::path& file) {
  constexpr std::size_t kMaxPressure = 4096;
  const auto text = read_small_file(file, kMaxPressure);
  if (!text) return text.problem();
  auto pressure = parse_pressure(*text);
  if (pressure) return pressure;
  return Problem{pressure.problem().fault, file.string(),
                 pressure.problem().detail};
}

}  // namespace openclaw_lock
