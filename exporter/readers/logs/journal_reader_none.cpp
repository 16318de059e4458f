// SPDX-License-Identifier: Apache-2.0
#include "exporter/readers/logs/journal_reader.h"

namespace openclaw_lock {

Result<std::unique_ptr<JournalReader>> open_journal(const std::string&,
                                                    const std::string&, Clock) {
  return Problem{Fault::missing, "journal", "built without libsystemd"};
}

}  // namespace openclaw_lock
