// SPDX-License-Identifier: Apache-2.0
#include "exporter/manual/man_page.h"

#include "exporter/build_info.h"
#include "exporter/config/flags.h"

namespace openclaw_lock {
namespace {

constexpr std::string_view kBeforeOptions = R"(.SH NAME
openclaw\-lock\-exporter \- Prometheus exporter for the locks of OpenClaw
.SH SYNOPSIS
.B openclaw\-lock\-exporter
.RI [ flag ...]
.SH DESCRIPTION
.B openclaw\-lock\-exporter
tells Prometheus when OpenClaw gateways hang on their session locks: how many
locks there are, how old they are, whether their holders live, how many runs
failed because a lock was not had in time, and how long gateways wait for
their disk.
.PP
Without a flag it finds the state directories by itself:
.BR $OPENCLAW_STATE_DIR ;
.IR \(ti/.openclaw ,
.I \(ti/.openclaw\-*
and
.I \(ti/.clawdbot
of its user;
.IR /home/node/.openclaw ;
.IR /data/.openclaw ;
and those of the OpenClaw processes that it can see.
Finding none is no error: it goes on looking.
.PP
It only reads.
It writes, unlinks and locks nothing of OpenClaw's, opens no transcript and no
database, signals no process and runs no command.
The one exception must be asked for:
.B \-\-disk\-probe.enabled
writes a file without a name.
.SH OPTIONS
Flags win over the configuration file.
A value follows after
.B =
or as the next argument.
)";

constexpr std::string_view kAfterOptions = R"(.SH ENDPOINTS
.TP
.I /metrics
Metrics, as Prometheus text 0.0.4 or OpenMetrics 1.0.0.
.TP
.I /
Landing page with links.
.TP
.I /\-/healthy
Answers 200 while the exporter runs.
.TP
.I /\-/ready
Answers 200 once each reader has finished a round, before that 503.
.TP
.I /\-/reload
Asked for by POST or PUT, has the configuration read again, as SIGHUP does.
Answers 200, with the changed settings that need a restart, or 500 with the
reason in one line.
.SH SIGNALS
.TP
.B SIGHUP
The configuration is read again: gateways and logs come and go, level and
format of the log change, and the web configuration is loaded.
The counters of gateways that stay go on.
Every other setting needs a restart; our log names those that were changed.
A wrong configuration changes nothing.
.TP
.BR SIGTERM ", " SIGINT
The exporter ends.
.SH EXIT STATUS
.TP
.B 0
It was stopped by SIGTERM or SIGINT, or has done what it was asked for.
.TP
.B 1
It failed at run time.
.TP
.B 2
The command line or the configuration is wrong; one line on standard error
says where.
.SH ENVIRONMENT
.TP
.B OPENCLAW_STATE_DIR
A state directory to watch, where none is named by a flag or in the file.
.SH FILES
.TP
.I /etc/default/openclaw\-lock\-exporter
Flags of the systemd service of the Debian package, as
.BR ARGS .
.TP
.I /var/lib/openclaw\-lock\-exporter
What that service keeps: positions in logs
.RB ( \-\-storage.path ).
.SH EXAMPLES
Watch whatever OpenClaw the user runs:
.PP
.RS
.EX
openclaw\-lock\-exporter
.EE
.RE
.PP
Watch one state directory by name and print one sample:
.PP
.RS
.EX
openclaw\-lock\-exporter \-\-once \-\-openclaw.state\-dir=main=/srv/openclaw
.EE
.RE
.PP
Watch the host from a container that has its root at
.IR /host :
.PP
.RS
.EX
openclaw\-lock\-exporter \-\-path.rootfs=/host \-\-path.procfs=/host/proc
.EE
.RE
.SH SEE ALSO
.BR promtool (1),
.BR prometheus (1),
.BR proc (5),
.BR systemd.service (5)
)";

/// Text as a line of its own or a part of one: a hyphen stays one that can be
/// searched for and copied, and nothing is a request.
std::string roff(std::string_view text) {
  std::string escaped;
  if (text.starts_with('.') || text.starts_with('\'')) escaped = R"(\&)";
  for (const char c : text) {
    if (c == '\\')
      escaped += R"(\e)";
    else if (c == '-')
      escaped += R"(\-)";
    else
      escaped += c;
  }
  return escaped;
}

void add_option(std::string& page, const Flag& flag) {
  page += ".TP\n";
  const auto name = roff(flag.name);
  if (flag.is_switch()) {
    page.append(flag.name == "help" ? R"(.BR \-h ", " \-\-)" : R"(.B \-\-)");
    page.append(name);
    if (flag.negatable) page.append(R"(\fR, \fB\-\-no\-)").append(name);
    page += '\n';
  } else {
    page.append(R"(.BI \-\-)").append(name).append("= ");
    page.append(roff(flag.value)) += '\n';
  }
  page.append(roff(flag.description)) += '\n';
  if (!flag.is_switch() && !flag.default_text.empty())
    page.append("Default:\n.BR ").append(roff(flag.default_text)) += " .\n";
  if (flag.is_repeatable()) page += "Can be given several times.\n";
}

}  // namespace

std::string man_page(std::string_view date) {
  std::string page = R"(.\" SPDX-License-Identifier: Apache-2.0
.\" Made from the table that --help shows, do not edit.
.TH OPENCLAW\-LOCK\-EXPORTER 1 )";
  page.append(date).append(R"( "openclaw\-lock\-exporter )");
  page.append(roff(kVersion)).append("\" \"User Commands\"\n");
  page += kBeforeOptions;
  std::string_view group;
  for (const auto& flag : known_flags()) {
    if (flag.group != group)
      page.append(".SS ").append(roff(flag.group)) += '\n';
    group = flag.group;
    add_option(page, flag);
  }
  return page += kAfterOptions;
}

}  // namespace openclaw_lock
