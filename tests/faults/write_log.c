/* Writes down what a program does to the files of one folder, so that a power cut can be played on it.

   Loaded before the C library. INJECTMAP_TRACE names the log, INJECTMAP_TRACED the folder. A record is a line
   "OPERATION NUMBER NUMBER NUMBER NAME NAME" followed, for a write, by its bytes. Threads take turns, so that the
   order in the log is the order of the calls. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static char traced[4096];
static size_t traced_length;

__attribute__((constructor)) static void begin(void) {
    const char *log = getenv("INJECTMAP_TRACE"), *folder = getenv("INJECTMAP_TRACED");
    if (!log || !folder) return;
    snprintf(traced, sizeof traced, "%s", folder);
    traced_length = strlen(traced);
    log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void put(const void *bytes, size_t count) {
    const char *from = bytes;
    while (count) {
        ssize_t done = syscall(SYS_write, log_fd, from, count);
        if (done <= 0) abort();
        from += done, count -= done;
    }
}

static int inside(const char *name) {
    return log_fd >= 0 && !strncmp(name, traced, traced_length) &&
           (name[traced_length] == '/' || !name[traced_length]);
}

/* The inode tells files apart that bore the same name one after another. */
static long inode_of(int fd) {
    struct stat found;
    return fstat(fd, &found) ? 0 : (long)found.st_ino;
}

static int name_of(int fd, char *name, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, size - 1);
    if (length < 0) return 0;
    name[length] = 0;
    char *deleted = strstr(name, " (deleted)");
    if (deleted) *deleted = 0;
    return inside(name);
}

static void record(const char *what, long a, long b, long c, const char *x, const char *y) {
    char line[9000];
    int length = snprintf(line, sizeof line, "%s\t%ld\t%ld\t%ld\t%s\t%s\n", what, a, b, c, x, y);
    put(line, length);
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, name)

static void full(const char *given, char *name, size_t size) {
    if (given[0] == '/') { snprintf(name, size, "%s", given); return; }
    if (!getcwd(name, size)) { name[0] = 0; return; }
    size_t length = strlen(name);
    snprintf(name + length, size - length, "/%s", given);
}

static int opened(int fd, const char *given, int flags, int existed) {
    char name[4096];
    if (fd < 0 || log_fd < 0) return fd;
    full(given, name, sizeof name);
    if (!inside(name)) return fd;
    if (!existed && (flags & O_CREAT)) record("create", inode_of(fd), 0, 0, name, "");
    else if (flags & O_TRUNC) record("truncate", inode_of(fd), 0, 0, name, "");
    return fd;
}

static int there(const char *given) {
    struct stat found;
    return log_fd >= 0 && !stat(given, &found);
}

#define OPEN(function) \
    int function(const char *name, int flags, ...) { \
        mode_t mode = 0; \
        if (flags & O_CREAT) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
        REAL(int, #function, const char *, int, ...); \
        pthread_mutex_lock(&turn); \
        int existed = there(name), fd = opened(real(name, flags, mode), name, flags, existed); \
        pthread_mutex_unlock(&turn); \
        return fd; \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(function) \
    int function(int at, const char *name, int flags, ...) { \
        mode_t mode = 0; \
        if (flags & O_CREAT) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
        REAL(int, #function, int, const char *, int, ...); \
        pthread_mutex_lock(&turn); \
        int existed = there(name), fd = opened(real(at, name, flags, mode), name, flags, existed); \
        pthread_mutex_unlock(&turn); \
        return fd; \
    }
OPENAT(openat)
OPENAT(openat64)

static void written(int fd, const void *bytes, ssize_t count, long at) {
    char name[4096];
    if (count <= 0 || log_fd < 0 || !name_of(fd, name, sizeof name)) return;
    record("write", inode_of(fd), at, count, name, "");
    put(bytes, count);
}

#define PWRITE(function) \
    ssize_t function(int fd, const void *bytes, size_t count, off_t at) { \
        REAL(ssize_t, #function, int, const void *, size_t, off_t); \
        pthread_mutex_lock(&turn); \
        ssize_t done = real(fd, bytes, count, at); \
        written(fd, bytes, done, at); \
        pthread_mutex_unlock(&turn); \
        return done; \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

ssize_t write(int fd, const void *bytes, size_t count) {
    REAL(ssize_t, "write", int, const void *, size_t);
    pthread_mutex_lock(&turn);
    ssize_t done = real(fd, bytes, count);
    if (done > 0 && log_fd >= 0) written(fd, bytes, done, lseek(fd, 0, SEEK_CUR) - done);
    pthread_mutex_unlock(&turn);
    return done;
}

/* What the system copies by itself is read back from where it came. */
static void copied(int out, int in, off_t from, ssize_t done) {
    char name[4096];
    if (done <= 0 || log_fd < 0 || !name_of(out, name, sizeof name)) return;
    char *bytes = malloc(done);
    if (!bytes || pread(in, bytes, done, from) != done) abort();
    written(out, bytes, done, lseek(out, 0, SEEK_CUR) - done);
    free(bytes);
}

#define SENDFILE(function) \
    ssize_t function(int out, int in, off_t *at, size_t count) { \
        REAL(ssize_t, #function, int, int, off_t *, size_t); \
        pthread_mutex_lock(&turn); \
        off_t from = at ? *at : lseek(in, 0, SEEK_CUR); \
        ssize_t done = real(out, in, at, count); \
        copied(out, in, from, done); \
        pthread_mutex_unlock(&turn); \
        return done; \
    }
SENDFILE(sendfile)
SENDFILE(sendfile64)

#define TRUNCATE(function) \
    int function(int fd, off_t length) { \
        REAL(int, #function, int, off_t); \
        char name[4096]; \
        pthread_mutex_lock(&turn); \
        int failed = real(fd, length); \
        if (!failed && log_fd >= 0 && name_of(fd, name, sizeof name)) \
            record("truncate", inode_of(fd), length, 0, name, ""); \
        pthread_mutex_unlock(&turn); \
        return failed; \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

#define SYNC(function) \
    int function(int fd) { \
        REAL(int, #function, int); \
        char name[4096]; \
        pthread_mutex_lock(&turn); \
        int failed = real(fd); \
        if (!failed && log_fd >= 0 && name_of(fd, name, sizeof name)) \
            record("sync", inode_of(fd), 0, 0, name, ""); \
        pthread_mutex_unlock(&turn); \
        return failed; \
    }
SYNC(fsync)
SYNC(fdatasync)

static void moved(const char *what, const char *from, const char *to) {
    char old[4096], new[4096] = "";
    if (log_fd < 0) return;
    full(from, old, sizeof old);
    if (to) full(to, new, sizeof new);
    if (inside(old) || (to && inside(new))) record(what, 0, 0, 0, old, new);
}

#define PAIR(function, what) \
    int function(const char *from, const char *to) { \
        REAL(int, #function, const char *, const char *); \
        pthread_mutex_lock(&turn); \
        int failed = real(from, to); \
        if (!failed) moved(what, from, to); \
        pthread_mutex_unlock(&turn); \
        return failed; \
    }
PAIR(rename, "rename")
PAIR(link, "link")

int renameat(int a, const char *from, int b, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    pthread_mutex_lock(&turn);
    int failed = real(a, from, b, to);
    if (!failed) moved("rename", from, to);
    pthread_mutex_unlock(&turn);
    return failed;
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    pthread_mutex_lock(&turn);
    int failed = real(a, from, b, to, flags);
    if (!failed) moved("link", from, to);
    pthread_mutex_unlock(&turn);
    return failed;
}

int unlink(const char *name) {
    REAL(int, "unlink", const char *);
    pthread_mutex_lock(&turn);
    int failed = real(name);
    if (!failed) moved("unlink", name, 0);
    pthread_mutex_unlock(&turn);
    return failed;
}

int unlinkat(int at, const char *name, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    pthread_mutex_lock(&turn);
    int failed = real(at, name, flags);
    if (!failed && !(flags & AT_REMOVEDIR)) moved("unlink", name, 0);
    pthread_mutex_unlock(&turn);
    return failed;
}
