/**
 * The prologue: what the compiled program does before Bun starts, on Linux on x86-64.
 *
 * Bun covers up some of what a process was started with before the first line of JavaScript runs: it ignores SIGPIPE,
 * takes over other signals, raises the limit of open files, opens /dev/null for closed standard streams, cannot wait for
 * children where SIGCHLD is ignored, and gives up in a working directory that was deleted. A command that `exec` becomes must find all that as it was. So the program
 * first copies the kernel's own account of itself into a nameless file in memory, whose descriptor stays open, and
 * whose format `src/runtime/inherited/prologue_record.ts` knows. A deleted working directory is kept open, too, and left for "/".
 *
 * Whatever fails here is passed over: then there is no record, and rolecall makes do with what it still sees.
 */
import { RECORD_NAME, RECORDED_FILES } from "../../src/runtime/inherited/prologue_record.ts";
import type { Listing } from "./listing.ts";

/**
 * System calls by number: memfd_create 319, fcntl 72, open 2, read 0, write 1, close 3, getcwd 79, chdir 80,
 * rt_sigaction 13, prlimit64 302.
 */
export const X86_64: Listing = {
  code: `
    start:      52                          push rdx              ; the dynamic loader's word to Bun's start
                48 81 ec 00 10 00 00        sub rsp, 4096         ; a buffer
                31 ff                       xor edi, edi          ; this process
                be 01 00 00 00              mov esi, 1            ; RLIMIT_FSIZE
                31 d2                       xor edx, edx
                49 89 e2                    mov r10, rsp
                b8 2e 01 00 00              mov eax, 302
                0f 05                       syscall               ; prlimit64
                48 81 3c 24 00 00 01 00     cmp qword [rsp], 65536
                0f 82 >leave                jb leave              ; too large a file would be the end of the program
                48 8d 3d >name              lea rdi, [name]
                be 01 00 00 00              mov esi, 1            ; MFD_CLOEXEC
                b8 3f 01 00 00              mov eax, 319
                0f 05                       syscall               ; memfd_create
                89 c3                       mov ebx, eax
                85 c0                       test eax, eax
                0f 88 >leave                js leave
                89 df                       mov edi, ebx          ; a closed standard stream has to stay closed,
                be 06 04 00 00              mov esi, 1030         ; F_DUPFD_CLOEXEC
                ba 03 00 00 00              mov edx, 3            ; so the file moves to 3 or above
                b8 48 00 00 00              mov eax, 72
                0f 05                       syscall               ; fcntl
                41 89 c4                    mov r12d, eax         ; r12: the record
                89 df                       mov edi, ebx
                b8 03 00 00 00              mov eax, 3
                0f 05                       syscall               ; close
                45 85 e4                    test r12d, r12d
                0f 88 >leave                js leave
                48 8d 1d >paths             lea rbx, [paths]      ; rbx: the path, and the next one

    path:       80 3b 00                    cmp byte [rbx], 0
                74 .signals                 je signals
                48 89 df                    mov rdi, rbx
                be 00 00 08 00              mov esi, 0x80000      ; O_RDONLY | O_CLOEXEC
                b8 02 00 00 00              mov eax, 2
                0f 05                       syscall               ; open
                41 89 c5                    mov r13d, eax
                85 c0                       test eax, eax
                78 .next                    js next
    read:       44 89 ef                    mov edi, r13d
                48 89 e6                    mov rsi, rsp
                ba 00 10 00 00              mov edx, 4096
                31 c0                       xor eax, eax
                0f 05                       syscall               ; read
                85 c0                       test eax, eax
                7e .shut                    jle shut
                89 c2                       mov edx, eax
                44 89 e7                    mov edi, r12d
                b8 01 00 00 00              mov eax, 1
                0f 05                       syscall               ; write, from the same buffer
                eb .read                    jmp read
    shut:       44 89 ef                    mov edi, r13d
                b8 03 00 00 00              mov eax, 3
                0f 05                       syscall               ; close
    next:       48 ff c3                    inc rbx
                80 7b ff 00                 cmp byte [rbx-1], 0
                75 .next                    jne next
                44 89 e7                    mov edi, r12d
                48 8d 73 ff                 lea rsi, [rbx-1]      ; the NUL behind the path
                ba 01 00 00 00              mov edx, 1
                b8 01 00 00 00              mov eax, 1
                0f 05                       syscall               ; write
                eb .path                    jmp path

    signals:    6a 00                       push 0                ; the default action: no handler,
                6a 00                       push 0                ; no flags,
                6a 00                       push 0                ; no restorer,
                6a 00                       push 0                ; no mask
                bf 11 00 00 00              mov edi, 17           ; SIGCHLD: ignored, no child could be waited for
                48 89 e6                    mov rsi, rsp
                31 d2                       xor edx, edx
                41 ba 08 00 00 00           mov r10d, 8           ; the size of a mask
                b8 0d 00 00 00              mov eax, 13
                0f 05                       syscall               ; rt_sigaction
                bf 1e 00 00 00              mov edi, 30           ; SIGPWR: Bun's own, it complains of another use
                b8 0d 00 00 00              mov eax, 13
                0f 05                       syscall               ; rt_sigaction
                48 83 c4 20                 add rsp, 32

    directory:  48 89 e7                    mov rdi, rsp
                be 00 10 00 00              mov esi, 4096
                b8 4f 00 00 00              mov eax, 79
                0f 05                       syscall               ; getcwd
                83 f8 fe                    cmp eax, -2           ; ENOENT: it was deleted
                75 .leave                   jne leave
                48 8d 3d >dot               lea rdi, [dot]
                be 00 00 29 00              mov esi, 0x290000     ; O_PATH | O_DIRECTORY | O_CLOEXEC
                b8 02 00 00 00              mov eax, 2
                0f 05                       syscall               ; open
                89 c3                       mov ebx, eax
                85 c0                       test eax, eax
                78 .leave                   js leave
                89 df                       mov edi, ebx          ; to 3 or above, as before
                be 06 04 00 00              mov esi, 1030
                ba 03 00 00 00              mov edx, 3
                b8 48 00 00 00              mov eax, 72
                0f 05                       syscall               ; fcntl
                89 04 24                    mov dword [rsp], eax
                89 df                       mov edi, ebx
                b8 03 00 00 00              mov eax, 3
                0f 05                       syscall               ; close
                44 89 e7                    mov edi, r12d
                48 89 e6                    mov rsi, rsp
                ba 04 00 00 00              mov edx, 4
                b8 01 00 00 00              mov eax, 1
                0f 05                       syscall               ; write: the record's last four bytes
                48 8d 3d >root              lea rdi, [root]
                b8 50 00 00 00              mov eax, 80
                0f 05                       syscall               ; chdir

    leave:      48 81 c4 00 10 00 00        add rsp, 4096
                5a                          pop rdx
                e9 >entry                   jmp entry             ; Bun's own start
  `,
  data: { name: [RECORD_NAME], dot: ["."], root: ["/"], paths: [...RECORDED_FILES, ""] },
};
