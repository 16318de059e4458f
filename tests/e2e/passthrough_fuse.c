// SPDX-License-Identifier: Apache-2.0
//
// A FUSE file system that shows another directory, for as long as its server
// is let run.
//
//   passthrough_fuse DIRECTORY MOUNT_POINT
//
// SIGUSR1 stops it (as SIGSTOP does) as soon as it has answered what it was
// asked: further questions then hang as with a dead NFS server. A server that
// is stopped over a question makes who asked unkillable; that is the kernel's.
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <fuse_lowlevel.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int base = -1;

/// Relative to the directory.
static const char* below(const char* path) {
  return path[1] == '\0' ? "." : path + 1;
}

static int result(int status) { return status < 0 ? -errno : 0; }

/// Nothing is cached, so that every question goes to the server.
static void* pass_init(struct fuse_conn_info* connection,
                       struct fuse_config* config) {
  (void)connection;
  config->use_ino = 1;
  config->entry_timeout = 0;
  config->attr_timeout = 0;
  config->negative_timeout = 0;
  return NULL;
}

static int pass_getattr(const char* path, struct stat* found,
                        struct fuse_file_info* file) {
  (void)file;
  return result(fstatat(base, below(path), found, AT_SYMLINK_NOFOLLOW));
}

static int pass_readdir(const char* path, void* buffer, fuse_fill_dir_t fill,
                        off_t offset, struct fuse_file_info* file,
                        enum fuse_readdir_flags flags) {
  (void)offset;
  (void)file;
  (void)flags;
  const int descriptor = openat(base, below(path), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return -errno;
  DIR* directory = fdopendir(descriptor);
  const struct dirent* entry;
  while ((entry = readdir(directory)) != NULL)
    if (fill(buffer, entry->d_name, NULL, 0, 0) != 0) break;
  closedir(directory);
  return 0;
}

static int pass_open(const char* path, struct fuse_file_info* file) {
  const int descriptor = openat(base, below(path), file->flags);
  if (descriptor < 0) return -errno;
  file->fh = (uint64_t)descriptor;
  return 0;
}

static int pass_create(const char* path, mode_t mode,
                       struct fuse_file_info* file) {
  const int descriptor = openat(base, below(path), file->flags | O_CREAT, mode);
  if (descriptor < 0) return -errno;
  file->fh = (uint64_t)descriptor;
  return 0;
}

static int pass_read(const char* path, char* buffer, size_t size, off_t offset,
                     struct fuse_file_info* file) {
  (void)path;
  const ssize_t got = pread((int)file->fh, buffer, size, offset);
  return got < 0 ? -errno : (int)got;
}

static int pass_write(const char* path, const char* buffer, size_t size,
                      off_t offset, struct fuse_file_info* file) {
  (void)path;
  const ssize_t written = pwrite((int)file->fh, buffer, size, offset);
  return written < 0 ? -errno : (int)written;
}

static int pass_release(const char* path, struct fuse_file_info* file) {
  (void)path;
  return result(close((int)file->fh));
}

static int pass_unlink(const char* path) {
  return result(unlinkat(base, below(path), 0));
}

static int pass_rename(const char* from, const char* to, unsigned flags) {
  return flags != 0 ? -EINVAL
                    : result(renameat(base, below(from), base, below(to)));
}

static int pass_fsync(const char* path, int data_only,
                      struct fuse_file_info* file) {
  (void)path;
  (void)data_only;
  return result(fsync((int)file->fh));
}

static int pass_truncate(const char* path, off_t size,
                         struct fuse_file_info* file) {
  (void)path;
  return file ? result(ftruncate((int)file->fh, size)) : -ENOSYS;
}

static int pass_chmod(const char* path, mode_t mode,
                      struct fuse_file_info* file) {
  (void)file;
  return result(fchmodat(base, below(path), mode, 0));
}

static int pass_mkdir(const char* path, mode_t mode) {
  return result(mkdirat(base, below(path), mode));
}

static const struct fuse_operations kOperations = {
    .init = pass_init,
    .getattr = pass_getattr,
    .readdir = pass_readdir,
    .open = pass_open,
    .create = pass_create,
    .read = pass_read,
    .write = pass_write,
    .release = pass_release,
    .unlink = pass_unlink,
    .mkdir = pass_mkdir,
    .rename = pass_rename,
    .fsync = pass_fsync,
    .truncate = pass_truncate,
    .chmod = pass_chmod,
};

static volatile sig_atomic_t stop_wanted = 0;

static void want_stop(int number) {
  (void)number;
  stop_wanted = 1;
}

/// Until the file system is unmounted.
static void serve(struct fuse_session* session) {
  struct fuse_buf request = {.mem = NULL};
  while (!fuse_session_exited(session)) {
    if (stop_wanted) {
      raise(SIGSTOP);
      stop_wanted = 0;  // what was wished for meanwhile is done
    }
    const int got = fuse_session_receive_buf(session, &request);
    if (got == -EINTR) continue;
    if (got <= 0) break;
    fuse_session_process_buf(session, &request);
  }
  free(request.mem);
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fputs("usage: passthrough_fuse DIRECTORY MOUNT_POINT\n", stderr);
    return 2;
  }
  base = open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (base < 0) {
    perror(argv[1]);
    return 1;
  }
  const struct sigaction on_stop = {.sa_handler = want_stop};  // no SA_RESTART
  sigaction(SIGUSR1, &on_stop, NULL);

  struct fuse_args arguments = FUSE_ARGS_INIT(1, argv);
  struct fuse* fuse =
      fuse_new(&arguments, &kOperations, sizeof kOperations, NULL);
  if (!fuse || fuse_mount(fuse, argv[2]) != 0) return 1;
  serve(fuse_get_session(fuse));
  fuse_unmount(fuse);
  fuse_destroy(fuse);
  return 0;
}
