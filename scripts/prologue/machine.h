/*
 * What differs between x86-64 and AArch64: the entry point, system calls and the CPU's instructions.
 *
 * The machine code starts with `settings`, which scripts/prologue/add.ts fills in, and goes on with the entry point.
 */
#include <asm/unistd.h>

extern const struct {
    /* The distance from these settings to Bun's entry point. */
    long entry_distance;
    /* Whether the C library needs /proc. */
    long needs_proc;
} settings __attribute__((visibility("hidden")));

/*
 * The entry point calls prologue() with the stack's address, and continues at Bun's entry point. The stack, and the
 * register with the function that Bun registers with atexit (x86-64: rdx, AArch64: x0), must be as they were.
 */
#if defined(__x86_64__)
__asm__(".section .start, \"ax\"\n"
        "settings: .quad 0, 0\n"
        ".globl start\n"
        "start:    mov %rsp, %rdi\n"
        "          push %rdx\n"
        "          sub $8, %rsp\n" /* a function is called with a multiple of 16 */
        "          call prologue\n"
        "          add $8, %rsp\n"
        "          pop %rdx\n"
        "          lea settings(%rip), %rax\n"
        "          add settings(%rip), %rax\n"
        "          jmp *%rax\n"
        ".text\n");
#elif defined(__aarch64__)
__asm__(".section .start, \"ax\"\n"
        "settings: .quad 0, 0\n"
        ".globl start\n"
        "start:    str x0, [sp, #-16]!\n"
        "          add x0, sp, #16\n"
        "          bl prologue\n"
        "          ldr x0, [sp], #16\n"
        "          adr x16, settings\n"
        "          ldr x17, settings\n"
        "          add x16, x16, x17\n"
        "          br x16\n"
        ".text\n");
#endif

/* Makes a system call. Returns its result; if it is negative, the number of the error. */
static long system_call(long number, long a, long b, long c, long d)
{
#if defined(__x86_64__)
    register long fourth __asm__("r10") = d;
    __asm__ volatile("syscall" : "+a"(number) : "D"(a), "S"(b), "d"(c), "r"(fourth) : "rcx", "r11", "memory");
    return number;
#elif defined(__aarch64__)
    register long result __asm__("x0") = a;
    register long second __asm__("x1") = b;
    register long third __asm__("x2") = c;
    register long fourth __asm__("x3") = d;
    register long which __asm__("x8") = number;
    __asm__ volatile("svc 0" : "+r"(result) : "r"(second), "r"(third), "r"(fourth), "r"(which) : "memory");
    return result;
#endif
}

/* Whether the CPU has the instructions that Bun was compiled for. Every AArch64 CPU has them. */
static int has_required_instructions(void)
{
#if defined(__x86_64__)
    enum { SSE4_2 = 1 << 20, POPCNT = 1 << 23 };
    unsigned eax = 1, ebx, ecx, edx;
    __asm__("cpuid" : "+a"(eax), "=b"(ebx), "=c"(ecx), "=d"(edx));
    return (ecx & SSE4_2) != 0 && (ecx & POPCNT) != 0;
#else
    return 1;
#endif
}
