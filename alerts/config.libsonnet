// SPDX-License-Identifier: Apache-2.0
// Every threshold and duration of the rules and dashboards, once, with its reason. Durations are in seconds.
{
  _config+:: {
    // ---- what may be changed on import

    // Put into every selector, for example 'cluster="eu"'.
    selector: '',
    // Whose `up` tells that the exporter is there.
    jobSelector: 'job="openclaw-locks"',
    repositoryURL: 'https://github.com/openclaw-lock-exporter/openclaw-lock-exporter',
    grafanaURL: 'http://localhost:3000',
    // Divides every duration of the rules: windows, `for`, `keep_firing_for`, evaluation intervals. For tests against
    // real gateways, which cannot last an hour. Names of recorded series stay.
    timeDivisor: 1,

    runbookURLPattern: self.repositoryURL + '/blob/main/alerts/runbooks/%s.md',
    dashboards: {
      overview: 'openclaw-lock-overview',
      gateway: 'openclaw-lock-gateway',
      exporter: 'openclaw-lock-exporter',
    },

    // ---- evaluation

    evaluationSeconds: 30,
    // Windows of an hour and more move slowly and cost much. Below the 5 min that Prometheus looks back.
    slowEvaluationSeconds: 120,
    // A gauge's last value counts this long: two scrapes of 60 s and some slack, so that one missed scrape resets no `for`.
    gaugeLookbackSeconds: 150,

    // ---- timeouts: are users hurt?

    // The objective: of 1000 turns 995 get their lock. A healthy gateway has no timeouts at all; this leaves room for a
    // user who writes twice while a long turn runs.
    objectiveRatio: 0.995,
    errorBudgetRatio: 1 - self.objectiveRatio,
    // The usual factors: 14.4 spends 2 % of a month's budget in an hour, 6 spends 5 % in six hours.
    pageBurnFactor: 14.4,
    ticketBurnFactor: 6,
    timeoutsRatio: self.pageBurnFactor * self.errorBudgetRatio,  // 7.2 %: a page
    timeoutsSlowRatio: self.ticketBurnFactor * self.errorBudgetRatio,  // 3 %: a ticket
    // A good turn takes its lock once, and from 2026.5.19 on six times; a failed one counts once.
    acquisitionsPerTurn: 6,
    versionsOfSeveralAcquisitions: '2026[.](5[.](19|[23][0-9])|([6-9]|1[0-2])[.][0-9]+).*|20(2[7-9]|[3-9][0-9])[.].*',
    // Most turns fail now: an outage. It need not wait until it shows in 30 min that began healthy and busy.
    timeoutsOutageRatio: 0.5,
    timeoutsOutageWindowSeconds: 180,
    // Ratios of few events jump: fewer incidents are no sign.
    timeoutsCount: 3,  // in timeoutsCountWindowSeconds
    timeoutsCountWindowSeconds: 600,
    // Spread over the agents of a gateway, of which none has enough: as many in all, of that many agents or with the
    // turns known, and that share of them. Of a gateway with 50 agents 0.4 % is nobody's outage.
    timeoutsGatewayAgents: 3,
    timeoutsGatewayRatio: 0.05,
    // One who writes each five minutes has two failures in 10 min for ever: as many in three windows in a row, one in each
    // at least, and nothing that went well in between.
    timeoutsUnbrokenWindowSeconds: 600,
    timeoutsUnbrokenCount: 5,
    timeoutsSlowCount: 5,  // in 6 h
    timeoutsSlowForSeconds: 900,
    // Sustained: a turn failed in the newest minute, and one three to thirteen minutes ago. What lies 2 min apart is no
    // burst: one of a minute never pages, even if scraped each 60 s with one scrape missed. An outage pages after 3 min,
    // and 45 s for scrape and evaluation.
    sustainedNewestSeconds: 60,
    sustainedOlderSeconds: 180,
    // A low-traffic gateway has quiet minutes in the middle of an outage.
    keepFiringSeconds: 600,
    // The page of a lock is there to the end of the page that it inhibits, which may be known an evaluation or two later.
    causeKeepFiringSeconds: self.keepFiringSeconds + 120,
    // A page whose exporter or reader has died says so and stays, for nobody knows whether it is over; not for ever, for a
    // host that is gone for good has no users.
    pageHeldSeconds: 21600,
    // That many gateways of one exporter hurt at once are one page: what they share is at fault.
    manyGateways: 5,
    manyGatewaysKeepSeconds: 900,
    slowKeepFiringSeconds: 1800,

    // ---- causes

    // A rolling restart may have two for 330 s (TimeoutStopSec of OpenClaw's units).
    duplicateGatewaysCount: 1,  // more than
    duplicateGatewaysForSeconds: 360,
    // What it takes to be sure again after scrapes were missed.
    duplicateGatewaysKeepSeconds: 450,
    // OpenClaw itself removes such a lock on the next turn or start; what is still there later needs somebody to look.
    holderGoneFiles: 0,  // more than
    holderGoneForSeconds: 900,
    // The lock's own limit has already passed, or 300 s for versions that write none, whose longest turns may be legit.
    overdueFiles: 0,  // more than
    overdueForSeconds: 300,
    embeddedFallbacks: 0,  // more than, in 10 min
    // Runs that fail because a lock is called stale write no timeout, and two lines each. A healthy fleet writes 79 such
    // lines in a week; this is three runs of a session, and they go on.
    staleErrors: 6,
    staleErrorsWindowSeconds: 1800,
    // They go on: one in the newest minutes, and others so long ago that both are no burst of some minutes.
    staleErrorsNewestSeconds: 300,
    staleErrorsOlderSeconds: 720,
    // Seconds that a write or flush takes on average. Healthy: 0.05 ms here, some 10 ms on spinning disks and NFS. Hurt
    // in the field: 50 to 75 ms. A sync is about three writes and a flush: at 50 ms, 0.2 s each; five commits in a row
    // then block the event loop for the 1 s that OpenClaw itself calls slow.
    diskLatencySeconds: 0.05,
    // Below this rate (30 requests in 5 min) an average is one slow request.
    diskOperationsPerSecond: 0.1,
    // Share of time that some task of the gateway's control group waited for a disk. Measured: 6 % with one and 18 % with
    // eight threads that do nothing but sync on a healthy disk, 69 to 82 % under a throttled one.
    diskStalledRatio: 0.4,
    // Share of time with a thread of the gateway in uninterruptible sleep. Measured: 98 % under the throttled disk.
    diskBlockedRatio: 0.5,
    diskForSeconds: 600,
    // SQLite of OpenClaw waits 5 s for the write lock, then the turn fails. Space reclamation of big databases took up to
    // 47 s in the field, and a busy writer that is seen at several samples of 5 s in a row only looks like one hold.
    sqliteWriterHeldSeconds: 30,
    sqliteWriterHeldForSeconds: 60,
    // It writes in bursts: one ticket, not one a burst.
    sqliteKeepSeconds: 900,
    // Failed and slow waits and "database is locked" in 10 min. One failed turn writes up to eight of them, the harmless
    // warnings of a migration are some 325 a day, 2 to 3 in 10 min: this is at least the second turn.
    sqliteContentionEvents: 12,

    // ---- can it be seen at all?

    blindForSeconds: 900,
    // That many locks were taken, and the log said nothing.
    logSilentWindowSeconds: 1800,
    logSilentAcquisitions: 10,
    // With SQLite the databases show that it works: their sizes changed so often, and the log said nothing. Long enough for
    // what maintenance writes in a quiet night.
    logSilentSqliteWindowSeconds: 21600,
    logSilentSqliteChanges: 20,
    // Gateways that cannot be counted are taken to run while their log or locks move within this time: a weekend at least.
    uncountedWindowSeconds: 259200,
    // Bytes that are not read yet, and grow.
    logUnreadBytes: 1048576,
    logUnreadWindowSeconds: 1800,
    // Lines of which none is understood.
    logUnparsedLines: 20,
    // What fills a log's limit (500 MB a day up to 2026.4.24) silences it until a new day or a restart.
    logSuppressedWindowSeconds: 3600,
    logSuppressedDaySeconds: 86400,
    exporterDownForSeconds: 300,
    configReloadForSeconds: 300,

    // ---- restarts

    // Tickets stay quiet after the start of a gateway: it takes up to 330 s to stop, up to 240 s to start, and cleans up.
    restartWindowSeconds: 360,
    // That many starts in 30 min are no restart but a loop, which must not hide anything.
    restartLoopStarts: 3,
    restartLoopWindowSeconds: 1800,
    // That many are told, or as many refusals and failures to start, of which each start writes one or two lines; and they
    // go on.
    restartLoopTold: 5,
    restartLoopRefusals: 10,
    restartLoopNewestSeconds: 600,
    // A gateway that lasts for some minutes each time: a ticket. As many as somebody who tries settings makes in an evening.
    restartLoopSlowStarts: 10,
    restartLoopSlowWindowSeconds: 7200,
    restartLoopSlowNewestSeconds: 1200,
    // No gateway lasts: a page, for users get no answer.
    restartLoopDownStarts: 3,
    restartLoopForSeconds: 300,
  },
}
