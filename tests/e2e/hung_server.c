// SPDX-License-Identifier: Apache-2.0
// Preloaded (LD_PRELOAD), it keeps a server from taking connections as long as the file HUNG_SERVER exists.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void hang(void) {
  const char* const file = getenv("HUNG_SERVER");
  while (file != NULL && access(file, F_OK) == 0) poll(NULL, 0, 50);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int accept(int server, __SOCKADDR_ARG address, socklen_t* size) {
  hang();
  return NEXT(accept)(server, address, size);
}

int accept4(int server, __SOCKADDR_ARG address, socklen_t* size, int flags) {
  hang();
  return NEXT(accept4)(server, address, size, flags);
}
