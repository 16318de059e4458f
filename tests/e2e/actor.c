// SPDX-License-Identifier: Apache-2.0
//
// Plays the processes that the end-to-end tests need: writers of lock files as
// OpenClaw writes them, and what may become of them.
//
//   actor hold [OPTION...] LOCK   creates LOCK, prints "held PID", holds it;
//   SIGTERM closes and unlinks it
//       --no-starttime            as versions before 2026.3.2 wrote it
//       --age=MS                  createdAt is so long ago
//       --max-hold=MS             writes maxHoldMs
//       --stat=FILE               reads the start time there (default
//       /proc/self/stat)
//       --fork                    a child holds it and is never waited for:
//       once killed, it is a zombie
//       --leader-exits            the main thread ends after the lock is held,
//       another one lives on
//   actor idle                    sleeps until a signal ends it
//   openclaw-gateway              (the same program, called so) the same
//   actor init                    reaps children for ever, as the first process
//   of a PID namespace should actor as PID COMMAND...       runs COMMAND as
//   process PID of the own PID namespace, and waits for it actor cycles N
//   HOLD_US REST_US LOCK   acquires and releases N times, prints "cycles N"
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct hold {
  const char* lock;
  const char* stat;
  long age_ms;
  long max_hold_ms;
  int starttime;
  int fork;
  int leader_exits;
};

static void fail(const char* what) {
  fprintf(stderr, "actor: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int usage(void) {
  fputs("actor: see the head of actor.c\n", stderr);
  return 2;
}

/// Field 22 of a stat file; 0: not readable.
static unsigned long long start_ticks(const char* path) {
  char text[4096];
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return 0;
  text[size] = '\0';
  const char* at = strrchr(text, ')');
  for (int field = 2; at && field < 22; ++field) at = strchr(at + 1, ' ');
  return at ? strtoull(at, NULL, 10) : 0;
}

/// Creates the lock and leaves it open.
static int acquire(const struct hold* hold) {
  const int file =
      open(hold->lock, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) fail(hold->lock);

  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  const long long ms =
      (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000 - hold->age_ms;
  const time_t seconds = ms / 1000;
  struct tm utc;
  char date[64];
  gmtime_r(&seconds, &utc);
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);

  char text[512];
  int size = snprintf(text, sizeof text,
                      "{\n  \"pid\": %d,\n  \"createdAt\": \"%s.%03dZ\"",
                      getpid(), date, (int)(ms % 1000));
  if (hold->max_hold_ms > 0)
    size += snprintf(text + size, sizeof text - (size_t)size,
                     ",\n  \"maxHoldMs\": %ld", hold->max_hold_ms);
  const unsigned long long ticks =
      hold->starttime ? start_ticks(hold->stat) : 0;
  if (ticks > 0)
    size += snprintf(text + size, sizeof text - (size_t)size,
                     ",\n  \"starttime\": %llu", ticks);
  size += snprintf(text + size, sizeof text - (size_t)size, "\n}\n");
  if (write(file, text, (size_t)size) != size) fail("write");
  return file;
}

static void release(int file, const char* lock) {
  close(file);
  unlink(lock);
}

static void hold_until_signal(const struct hold* hold) {
  sigset_t end;
  int signal_number;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &end, NULL);
  const int file = acquire(hold);
  printf("held %d\n", getpid());
  fflush(stdout);
  sigwait(&end, &signal_number);
  release(file, hold->lock);
  exit(0);
}

static void* hold_in_thread(void* hold) {
  hold_until_signal(hold);
  return NULL;
}

static int run_hold(int argc, char** argv) {
  struct hold hold = {.stat = "/proc/self/stat", .starttime = 1};
  for (int i = 0; i < argc; ++i) {
    if (strcmp(argv[i], "--no-starttime") == 0)
      hold.starttime = 0;
    else if (strncmp(argv[i], "--age=", 6) == 0)
      hold.age_ms = atol(argv[i] + 6);
    else if (strncmp(argv[i], "--max-hold=", 11) == 0)
      hold.max_hold_ms = atol(argv[i] + 11);
    else if (strncmp(argv[i], "--stat=", 7) == 0)
      hold.stat = argv[i] + 7;
    else if (strcmp(argv[i], "--fork") == 0)
      hold.fork = 1;
    else if (strcmp(argv[i], "--leader-exits") == 0)
      hold.leader_exits = 1;
    else if (argv[i][0] != '-' && i == argc - 1)
      hold.lock = argv[i];
    else
      return usage();
  }
  if (!hold.lock) return usage();
  if (hold.fork && fork() > 0)
    for (;;) pause();
  if (hold.leader_exits) {
    pthread_t thread;
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &end, NULL);
    if (pthread_create(&thread, NULL, hold_in_thread, &hold) != 0)
      fail("pthread_create");
    pthread_exit(NULL);
  }
  hold_until_signal(&hold);
  return 0;
}

static void run_init(void) {
  for (;;)
    if (wait(NULL) < 0) usleep(20000);
}

/// Needs the pid to be free; waits for it to become so.
static int run_as(int argc, char** argv) {
  if (argc < 2) return usage();
  pid_t wanted = (pid_t)atoi(argv[0]);
  struct clone_args request = {.exit_signal = SIGCHLD,
                               .set_tid = (uint64_t)(uintptr_t)&wanted,
                               .set_tid_size = 1};
  long child = -1;
  for (int tries = 0; tries < 200 && child < 0; ++tries) {
    child = syscall(SYS_clone3, &request, sizeof request);
    if (child < 0 && errno != EEXIST) fail("clone3");
    if (child < 0) usleep(20000);
  }
  if (child < 0) fail("clone3");
  if (child == 0) {
    execvp(argv[1], argv + 1);
    fail(argv[1]);
  }
  int status = 0;
  while (waitpid((pid_t)child, &status, 0) < 0)
    if (errno != EINTR) fail("waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run_cycles(int argc, char** argv) {
  if (argc != 4) return usage();
  const int count = atoi(argv[0]);
  const useconds_t hold_us = (useconds_t)atol(argv[1]);
  const useconds_t rest_us = (useconds_t)atol(argv[2]);
  const struct hold hold = {
      .lock = argv[3], .stat = "/proc/self/stat", .starttime = 1};
  for (int i = 0; i < count; ++i) {
    const int file = acquire(&hold);
    if (hold_us > 0) usleep(hold_us);
    release(file, hold.lock);
    if (rest_us > 0) usleep(rest_us);
  }
  printf("cycles %d\n", count);
  return 0;
}

int main(int argc, char** argv) {
  if (argc == 1 && strcmp(argv[0], "openclaw-gateway") == 0)
    for (;;) pause();
  if (argc < 2) return usage();
  const char* role = argv[1];
  if (strcmp(role, "hold") == 0) return run_hold(argc - 2, argv + 2);
  if (strcmp(role, "idle") == 0)
    for (;;) pause();
  if (strcmp(role, "init") == 0) run_init();
  if (strcmp(role, "as") == 0) return run_as(argc - 2, argv + 2);
  if (strcmp(role, "cycles") == 0) return run_cycles(argc - 2, argv + 2);
  return usage();
}
