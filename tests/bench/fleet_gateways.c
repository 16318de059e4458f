// SPDX-License-Identifier: Apache-2.0
//
// Plays a host full of OpenClaw gateways, as cheap as processes can be.
//
//   fleet_gateways GATEWAYS OTHERS THREADS HOLD_EVERY_MS < LIST
//
// Starts one process for each of the first GATEWAYS lines of LIST (HOME, state
// directory, singleton lock, configuration: four paths without spaces; TMPDIR
// is the directory above that of the lock) and OTHERS processes that are none
// of OpenClaw's; prints "ready" when each has written its lock, and ends with
// all of them by any signal.
//
// A gateway looks like one of 2026.7.1: title and comm `openclaw-gateway`,
// THREADS threads asleep in epoll and futexes, OPENCLAW_STATE_DIR in its
// environment, the singleton lock open for its whole life. Unless HOLD_EVERY_MS
// is 0 it holds a session lock for 20 ms each HOLD_EVERY_MS.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { kReadyPipe = 3, kHeldMs = 20 };

static pthread_mutex_t held_for_ever = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char* what) {
  fprintf(stderr, "fleet_gateways: %s: %s\n", what, strerror(errno));
  exit(1);
}

/// Field 22 of /proc/self/stat.
static unsigned long long own_start_ticks(void) {
  char text[4096];
  const int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  const ssize_t size = read(file, text, sizeof text - 1);
  if (size <= 0) fail("/proc/self/stat");
  close(file);
  text[size] = '\0';
  const char* field = strrchr(text, ')') + 1;
  for (int i = 2; i < 21; ++i) field = strchr(field + 1, ' ');
  return strtoull(field + 1, NULL, 10);
}

enum { kTimeSize = 64 };

static void print_now(char text[static kTimeSize]) {
  struct timespec now;
  struct tm utc;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &utc);
  char seconds[24];
  strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc);
  snprintf(text, kTimeSize, "%s.%03ldZ", seconds, now.tv_nsec / 1000000);
}

static int write_file(const char* path, const char* text, int size) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0 || write(file, text, (size_t)size) != size) fail(path);
  return file;
}

static void take_singleton_lock(unsigned long long start) {
  char now[kTimeSize];
  char text[PATH_MAX + 256];
  print_now(now);
  const int size =
      snprintf(text, sizeof text,
               "{\"pid\":%d,\"createdAt\":\"%s\",\"configPath\":\"%s\","
               "\"startTime\":%llu,\"port\":18789}",
               (int)getpid(), now, getenv("OPENCLAW_CONFIG_PATH"), start);
  write_file(getenv("FLEET_LOCK"), text, size);
}

static void hold_session_lock(unsigned long long start, unsigned long number) {
  char path[PATH_MAX];
  char now[kTimeSize];
  char text[512];
  print_now(now);
  snprintf(path, sizeof path, "%s/agents/main/sessions/hold-%lu.jsonl.lock",
           getenv("OPENCLAW_STATE_DIR"), number);
  const int size = snprintf(text, sizeof text,
                            "{\n  \"pid\": %d,\n  \"createdAt\": \"%s\",\n  "
                            "\"starttime\": %llu\n}\n",
                            (int)getpid(), now, start);
  const int file = write_file(path, text, size);
  poll(NULL, 0, kHeldMs);
  close(file);
  unlink(path);
}

static void* sleep_for_ever(void* unused) {
  (void)unused;
  prctl(PR_SET_NAME, "libuv-worker");
  pthread_mutex_lock(&held_for_ever);
  return NULL;
}

static void start_threads(int count) {
  pthread_attr_t small;
  pthread_t thread;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, PTHREAD_STACK_MIN);
  pthread_mutex_lock(&held_for_ever);
  for (int i = 0; i < count; ++i) {
    errno = pthread_create(&thread, &small, sleep_for_ever, NULL);
    if (errno != 0) fail("pthread_create");
  }
}

static void report_ready(void) {
  if (write(kReadyPipe, "r", 1) != 1) fail("pipe");
  close(kReadyPipe);
}

_Noreturn static void be_gateway(void) {
  const unsigned long long start = own_start_ticks();
  const int hold_every_ms = atoi(getenv("FLEET_HOLD_EVERY_MS"));
  prctl(PR_SET_NAME, "openclaw-gatewa");
  start_threads(atoi(getenv("FLEET_THREADS")) - 1);
  take_singleton_lock(start);
  report_ready();
  const int events = epoll_create1(EPOLL_CLOEXEC);
  // A step of their own for each, so that the fleet does not move as one.
  int wait_ms = hold_every_ms > 0 ? (int)(getpid() * 37L % hold_every_ms) : -1;
  for (unsigned long number = 0;; ++number) {
    struct epoll_event event;
    epoll_wait(events, &event, 1, wait_ms);
    hold_session_lock(start, number);
    wait_ms = hold_every_ms;
  }
}

_Noreturn static void be_other(void) {
  report_ready();
  for (;;) pause();
}

/// The child replaces itself by this program under another name.
static void start(char* name, char** environment) {
  char* const arguments[] = {name, NULL};
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  execve("/proc/self/exe", arguments, environment);
  _exit(1);
}

static char* setting(const char* name, const char* value) {
  char* text = NULL;
  if (asprintf(&text, "%s=%s", name, value) < 0) fail("asprintf");
  return text;
}

static void start_gateway(const char* threads, const char* hold_every_ms) {
  char home[PATH_MAX], state[PATH_MAX], lock[PATH_MAX], config[PATH_MAX];
  char temporary[PATH_MAX];
  if (scanf("%4095s %4095s %4095s %4095s", home, state, lock, config) != 4)
    fail("list");
  snprintf(temporary, sizeof temporary, "%s", lock);
  char* environment[] = {setting("HOME", home),
                         setting("OPENCLAW_STATE_DIR", state),
                         setting("OPENCLAW_CONFIG_PATH", config),
                         setting("TMPDIR", dirname(dirname(temporary))),
                         setting("FLEET_LOCK", lock),
                         setting("FLEET_THREADS", threads),
                         setting("FLEET_HOLD_EVERY_MS", hold_every_ms),
                         NULL};
  start("openclaw-gateway", environment);
  for (char** entry = environment; *entry != NULL; ++entry) free(*entry);
}

static void start_other(void) {
  char* environment[] = {setting("HOME", "/nonexistent"), NULL};
  start("idle-worker", environment);
  free(environment[0]);
}

static void wait_until_ready(int pipe, int count) {
  char byte;
  while (count > 0) {
    const ssize_t got = read(pipe, &byte, 1);
    if (got == 0) fail("a process ended");
    if (got > 0) --count;
  }
}

int main(int argc, char** argv) {
  if (strcmp(argv[0], "openclaw-gateway") == 0) be_gateway();
  if (strcmp(argv[0], "idle-worker") == 0) be_other();
  if (argc != 5) {
    fputs("fleet_gateways: see the head of fleet_gateways.c\n", stderr);
    return 2;
  }
  const int gateways = atoi(argv[1]);
  const int others = atoi(argv[2]);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  const int read_end = fcntl(ends[0], F_DUPFD_CLOEXEC, kReadyPipe + 1);
  // dup2() onto itself would keep close-on-exec.
  const int write_end = fcntl(ends[1], F_DUPFD_CLOEXEC, kReadyPipe + 1);
  if (read_end < 0 || write_end < 0 || dup2(write_end, kReadyPipe) < 0)
    fail("dup");
  for (int i = 0; i < gateways; ++i) start_gateway(argv[3], argv[4]);
  for (int i = 0; i < others; ++i) start_other();
  close(kReadyPipe);
  close(write_end);
  if (ends[1] != kReadyPipe) close(ends[1]);
  wait_until_ready(read_end, gateways + others);
  puts("ready");
  fflush(stdout);
  for (;;) pause();
}
