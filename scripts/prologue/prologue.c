/*
 * The prologue: code that the compiled program runs before Bun starts, on Linux.
 *
 * Before the first line of JavaScript runs, Bun has changed some of the state that the process inherited: it ignores
 * SIGPIPE, handles other signals, raises the limit of open files and opens /dev/null for closed standard streams. It
 * cannot wait for children if SIGCHLD is ignored, and exits if the working directory was deleted. A command that
 * replaces the process must find the inherited state. So the prologue
 *
 * - ends with a message if Bun cannot start. Bun's own report, or a signal, would not say why;
 * - hides the arguments from Bun's report of a crash;
 * - hides variables such as NODE_EXTRA_CA_CERTS and BUN_OPTIONS from Bun;
 * - copies what /proc says about the process to a memfd_create(2) file, whose file descriptor stays open
 *   (src/runtime/inherited/prologue_record.ts describes the format);
 * - sets SIGCHLD and SIGPWR to their default actions;
 * - lets writes to a closed standard output fail;
 * - opens a deleted working directory, so that it can be restored, and changes to "/".
 *
 * Other errors are ignored: without a record, rolecall guesses the state from what Bun has left of it.
 *
 * ./scripts/compile-machine-code compiles this file to machine_code.ts.
 */
#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/resource.h>
#include <asm/signal.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>

#include "machine.h"

enum { STANDARD_OUTPUT = 1, STANDARD_ERROR = 2, FIRST_FREE_DESCRIPTOR = 3, BUFFER_BYTES = 4096 };

struct limit {
    unsigned long soft;
    unsigned long hard;
};

/* struct sigaction of the kernel. */
struct action {
    unsigned long handler, flags, restorer, mask;
};

/* ---- What Bun needs ---- */

/* Prints the message and exits with 125, the exit code of `exec` if rolecall itself fails. */
#define END_WITH(message)                                                                                              \
    do {                                                                                                               \
        system_call(__NR_write, STANDARD_ERROR, (long)message, sizeof message - 1, 0);                                 \
        system_call(__NR_exit_group, 125, 0, 0, 0);                                                                    \
    } while (0)

#define MIB (1UL << 20)

static struct limit limit_of(int resource)
{
    struct limit limit = {~0UL, ~0UL};
    system_call(__NR_prlimit64, 0, resource, 0, (long)&limit);
    return limit;
}

static int is_readable(const char *path)
{
    long file = system_call(__NR_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0);
    if (file >= 0) system_call(__NR_close, file, 0, 0, 0);
    return file >= 0;
}

/*
 * Below about 370 MiB of address space, or 270 MiB of data, Bun crashes; how much it needs depends on the machine. These
 * limits are lower, so that no limit is rejected that is high enough.
 */
static void end_if_bun_cannot_start(void)
{
    if (!has_required_instructions())
        END_WITH("error: this CPU does not have the instructions SSE4.2 and POPCNT, which rolecall needs\n");
    /* glibc reads it to find the stack. */
    if (settings.needs_proc && !is_readable("/proc/self/maps"))
        END_WITH("error: cannot start, because /proc/self/maps is not readable\n   = help: mount /proc\n");
    if (limit_of(RLIMIT_AS).soft < 320 * MIB)
        END_WITH("error: cannot start with less than 320 MiB of address space\n   = help: raise ulimit -v\n");
    if (limit_of(RLIMIT_DATA).soft < 224 * MIB)
        END_WITH("error: cannot start with less than 224 MiB of data\n   = help: raise ulimit -d\n");
}

/* ---- What Bun must not see ---- */

/*
 * Bun's report of a crash quotes the first 196 characters of the arguments, which may contain MFA codes and passwords.
 * So the first argument becomes this text. rolecall itself reads its arguments elsewhere, and /proc keeps the original.
 */
#define ARGUMENTS_IN_REPORT                                                                                            \
    "rolecall (the arguments are hidden, because they may contain secrets. If rolecall did not start, look for limits " \
    "on memory and processes, such as ulimit -v and ulimit -u, or blocked system calls.)"
_Static_assert(sizeof ARGUMENTS_IN_REPORT - 1 >= 196, "the text must leave no room for the arguments");

static int starts_with(const char *text, const char *start)
{
    while (*start != 0)
        if (*text++ != *start++) return 0;
    return 1;
}

/* src/runtime/inherited/runtime_variables.ts has the reasons, and undoes this. */
static void hide_runtime_variables(char **environment)
{
    for (; *environment != 0; environment++) {
        char *variable = *environment;
        int is_hidden = starts_with(variable, "BUN_") ? !starts_with(variable, "BUN_JSC_useJ")
                                                      : starts_with(variable, "NODE") || starts_with(variable, "SSL_") ||
                                                            starts_with(variable, "SSLK") || starts_with(variable, "MIMA");
        if (is_hidden) variable[0] &= 31; /* "B" becomes 2 */
    }
}

/* ---- The record of the inherited state ---- */

/* As in src/runtime/inherited/prologue_record.ts: each file is followed by a NUL, and a list by another NUL. */
#define RECORD_NAME "rolecall"
#define RECORDED_FILES                                                                                                 \
    "/proc/self/status\0/proc/self/limits\0/proc/self/fdinfo/0\0/proc/self/fdinfo/1\0/proc/self/fdinfo/2\0"

/* A closed standard stream must stay closed, so the file descriptor is moved to 3 or above. */
static long move_up(long file)
{
    long moved = system_call(__NR_fcntl, file, F_DUPFD_CLOEXEC, FIRST_FREE_DESCRIPTOR, 0);
    system_call(__NR_close, file, 0, 0, 0);
    return moved;
}

/* Without the file, which for a closed stream does not exist, nothing is copied. */
static void copy_file(const char *path, long record, char *buffer)
{
    long file = system_call(__NR_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return;
    long length;
    while ((length = system_call(__NR_read, file, (long)buffer, BUFFER_BYTES, 0)) > 0)
        system_call(__NR_write, record, (long)buffer, length, 0);
    system_call(__NR_close, file, 0, 0, 0);
}

static long number_of(const char *digits)
{
    long number = 0;
    while (*digits >= '0' && *digits <= '9') number = 10 * number + *digits++ - '0';
    return number;
}

/* Writes the names in /proc/self/fd, each followed by a NUL, without that of the descriptor that reads the folder. */
static void list_descriptors(long record, char *buffer)
{
    long folder = system_call(__NR_openat, AT_FDCWD, (long)"/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (folder < 0) return;
    long length;
    while ((length = system_call(__NR_getdents64, folder, (long)buffer, BUFFER_BYTES, 0)) > 0) {
        /* struct linux_dirent64: its length is at 16, the name at 19. */
        for (char *entry = buffer; entry < buffer + length; entry += *(unsigned short *)(entry + 16)) {
            char *name = entry + 19;
            if (*name == '.' || number_of(name) == folder) continue;
            char *end = name;
            while (*end != 0) end++;
            system_call(__NR_write, record, (long)name, end + 1 - name, 0);
        }
    }
    system_call(__NR_close, folder, 0, 0, 0);
}

/* Returns the record's file descriptor; negative for an error. */
static long make_record(char *buffer)
{
    long file = system_call(__NR_memfd_create, (long)RECORD_NAME, MFD_CLOEXEC, 0, 0);
    if (file < 0) return file;
    long record = move_up(file);
    if (record < 0) return record;
    for (const char *path = RECORDED_FILES; *path != 0; path++) {
        copy_file(path, record, buffer);
        while (*path != 0) path++;
        system_call(__NR_write, record, (long)path, 1, 0);
    }
    list_descriptors(record, buffer);
    system_call(__NR_write, record, (long)"", 1, 0);
    return record;
}

/*
 * Bun opens /dev/null for a closed standard output, so that what is printed is lost without an error. If it is opened for
 * reading only, every write fails with EBADF, as if the standard output were still closed.
 */
static void let_output_fail_if_closed(void)
{
    if (system_call(__NR_fcntl, STANDARD_OUTPUT, F_GETFD, 0, 0) != -EBADF) return;
    long file = system_call(__NR_openat, AT_FDCWD, (long)"/dev/null", O_RDONLY, 0);
    if (file < 0 || file == STANDARD_OUTPUT) return;
    /* The standard input is closed, too. */
    system_call(__NR_dup3, file, STANDARD_OUTPUT, 0, 0);
    system_call(__NR_close, file, 0, 0, 0);
}

static void set_to_default(int signal)
{
    struct action action = {(unsigned long)SIG_DFL, 0, 0, 0};
    system_call(__NR_rt_sigaction, signal, (long)&action, 0, sizeof action.mask);
}

/* If the working directory was deleted, appends a file descriptor of it to the record and changes to the root. */
static void leave_deleted_directory(long record, char *buffer)
{
    if (system_call(__NR_getcwd, (long)buffer, BUFFER_BYTES, 0, 0) != -ENOENT) return;
    long file = system_call(__NR_openat, AT_FDCWD, (long)".", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (file < 0) return;
    int directory = move_up(file);
    system_call(__NR_write, record, (long)&directory, sizeof directory, 0);
    system_call(__NR_chdir, (long)"/", 0, 0, 0);
}

/*
 * Called by the entry point in machine.h, which then continues at Bun's.
 *
 * `stack` is what the kernel passes to every program: the number of arguments, then pointers to the arguments, a null
 * pointer, pointers to the variables, and a null pointer.
 */
void prologue(long *stack)
{
    long count = stack[0];
    char **arguments = (char **)stack + 1;
    char buffer[BUFFER_BYTES];

    end_if_bun_cannot_start();
    if (count > 0) arguments[0] = (char *)ARGUMENTS_IN_REPORT;
    hide_runtime_variables(arguments + count + 1);
    /* If files may not grow to 64 KiB, writing the record would end the program with SIGXFSZ. */
    long record = limit_of(RLIMIT_FSIZE).soft < 64 * 1024 ? -EFBIG : make_record(buffer);
    /* After the record, which names the streams that are closed. */
    let_output_fail_if_closed();
    if (record < 0) return;
    /* Bun cannot wait for children if SIGCHLD is ignored. It uses SIGPWR, and warns if its action is not the default. */
    set_to_default(SIGCHLD);
    set_to_default(SIGPWR);
    leave_deleted_directory(record, buffer);
}
