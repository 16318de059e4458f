// SPDX-License-Identifier: Apache-2.0
//
// Installed as `node`, it plays an idle Node.js process: `node SCRIPT
// ARGUMENT...`
//
//   PLAY_TITLE   what the script sets process.title to; none where it is unset.
//                As libuv does it: over the arguments, padded with NUL, cut
//                where they end; comm is its beginning.
//   PLAY_READY   a file that is made once all of that is done
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char** argv) {
  const char* const title = getenv("PLAY_TITLE");
  const char* const ready = getenv("PLAY_READY");
  char* const end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
  if (title != NULL) {
    const size_t room = (size_t)(end - argv[0]);
    memset(argv[0], '\0', room);
    memcpy(argv[0], title, strnlen(title, room - 1));
    prctl(PR_SET_NAME, title);
  }
  if (ready != NULL) {
    const int file = open(ready, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return 1;
    close(file);
  }
  for (;;) pause();
}
