/**
 * The prologue: code that the compiled program runs before Bun starts, on Linux on x86-64.
 *
 * Before the first line of JavaScript runs, Bun has changed some of the state that the process inherited: it ignores
 * SIGPIPE, handles other signals, raises the limit of open files and opens /dev/null for closed standard streams. It
 * cannot wait for children if SIGCHLD is ignored, and exits if the working directory was deleted. A command that
 * replaces the process must find the inherited state. So the prologue
 *
 * - copies what /proc says about the process to a memfd_create(2) file, whose file descriptor stays open
 *   (`src/runtime/inherited/prologue_record.ts` describes the format);
 * - hides variables such as NODE_EXTRA_CA_CERTS and BUN_OPTIONS from Bun;
 * - sets SIGCHLD and SIGPWR to their default actions;
 * - opens a deleted working directory, so that it can be restored, and changes to "/".
 *
 * Errors are ignored: without a record, rolecall guesses the state from what Bun has left of it.
 */
import { RECORD_NAME, RECORDED_FILES } from "../../src/runtime/inherited/prologue_record.ts";
import type { Listing } from "../../src/runtime/native/listing.ts";

/**
 * System calls: the number is in eax, the arguments are in rdi, rsi, rdx and r10. The result is in eax; if it is
 * negative, it is an error. A system call changes rax, rcx and r11, and no other register.
 *
 * Registers: r12 is the record's descriptor, r13 that of the file that is copied, rbx the current path.
 */
export const X86_64: Listing = {
  code: `
    ; Reserve a buffer of one page. At the entry point rdx is a function that Bun registers with atexit (System V ABI).
    start:      52                          push rdx               ; save rdx
                48 81 ec 00 10 00 00        sub rsp, 4096          ; the buffer

    ; Hide the runtime's variables from Bun: src/runtime/inherited/runtime_variables.ts has the reasons. Above the buffer
    ; and the saved rdx are argc, argv, a null pointer and the pointers to the variables.
                48 8b 84 24 08 10 00 00     mov rax, qword [rsp+4104] ; argc
                48 8d 9c c4 18 10 00 00     lea rbx, [rsp+rax*8+4120] ; rbx = the next variable's pointer
    variable:   48 8b 3b                    mov rdi, qword [rbx]
                48 83 c3 08                 add rbx, 8
                48 85 ff                    test rdi, rdi          ; a null pointer ends the list
                74 .limit                   je limit
                8b 07                       mov eax, dword [rdi]   ; the first four characters
                3d 42 55 4e 5f              cmp eax, 0x5f4e5542    ; BUN_
                74 .bun                     je bun
                3d 4e 4f 44 45              cmp eax, 0x45444f4e    ; NODE
                74 .hide                    je hide
                3d 53 53 4c 5f              cmp eax, 0x5f4c5353    ; SSL_
                74 .hide                    je hide
                3d 53 53 4c 4b              cmp eax, 0x4b4c5353    ; SSLK
                74 .hide                    je hide
                3d 4d 49 4d 41              cmp eax, 0x414d494d    ; MIMA
                75 .variable                jne variable
    hide:       80 27 1f                    and byte [rdi], 31     ; "B" becomes 2
                eb .variable                jmp variable
    bun:        81 7f 04 4a 53 43 5f        cmp dword [rdi+4], 0x5f43534a ; JSC_
                75 .hide                    jne hide
                81 7f 08 75 73 65 4a        cmp dword [rdi+8], 0x4a657375 ; useJ
                75 .hide                    jne hide
                eb .variable                jmp variable

    ; If files may not grow to 64 KiB, write none: SIGXFSZ would kill the program.
    limit:      31 ff                       xor edi, edi           ; this process
                be 01 00 00 00              mov esi, 1             ; RLIMIT_FSIZE
                31 d2                       xor edx, edx           ; no new limit
                49 89 e2                    mov r10, rsp           ; return the current limit
                b8 2e 01 00 00              mov eax, 302
                0f 05                       syscall                ; prlimit64
                48 81 3c 24 00 00 01 00     cmp qword [rsp], 65536 ; rlim_cur
                0f 82 >leave                jb leave

    ; Create the record. A closed standard stream must stay closed, so move the descriptor to 3 or above.
                48 8d 3d >name              lea rdi, [name]
                be 01 00 00 00              mov esi, 1             ; MFD_CLOEXEC
                b8 3f 01 00 00              mov eax, 319
                0f 05                       syscall                ; memfd_create
                89 c3                       mov ebx, eax
                85 c0                       test eax, eax
                0f 88 >leave                js leave
                89 df                       mov edi, ebx
                be 06 04 00 00              mov esi, 1030          ; F_DUPFD_CLOEXEC
                ba 03 00 00 00              mov edx, 3             ; the lowest number allowed
                b8 48 00 00 00              mov eax, 72
                0f 05                       syscall                ; fcntl
                41 89 c4                    mov r12d, eax          ; r12d = the record
                89 df                       mov edi, ebx
                b8 03 00 00 00              mov eax, 3
                0f 05                       syscall                ; close
                45 85 e4                    test r12d, r12d        ; did fcntl fail?
                0f 88 >leave                js leave

    ; Copy each file of /proc into the record. A file that cannot be opened stays empty: a closed stream has no fdinfo.
                48 8d 1d >paths             lea rbx, [paths]       ; rbx = the first path
    path:       80 3b 00                    cmp byte [rbx], 0      ; an empty path ends the list
                74 .signals                 je signals
                48 89 df                    mov rdi, rbx
                be 00 00 08 00              mov esi, 0x80000       ; O_RDONLY | O_CLOEXEC
                b8 02 00 00 00              mov eax, 2
                0f 05                       syscall                ; open
                41 89 c5                    mov r13d, eax          ; r13d = the file
                85 c0                       test eax, eax
                78 .next                    js next
    read:       44 89 ef                    mov edi, r13d
                48 89 e6                    mov rsi, rsp
                ba 00 10 00 00              mov edx, 4096
                31 c0                       xor eax, eax
                0f 05                       syscall                ; read
                85 c0                       test eax, eax
                7e .shut                    jle shut               ; at the end, or if reading fails
                89 c2                       mov edx, eax           ; the number of bytes read
                44 89 e7                    mov edi, r12d
                b8 01 00 00 00              mov eax, 1
                0f 05                       syscall                ; write, from the same buffer
                eb .read                    jmp read
    shut:       44 89 ef                    mov edi, r13d
                b8 03 00 00 00              mov eax, 3
                0f 05                       syscall                ; close

    ; Advance rbx past the NUL that ends the path. Write that NUL to end the file's copy.
    next:       48 ff c3                    inc rbx
                80 7b ff 00                 cmp byte [rbx-1], 0
                75 .next                    jne next
                44 89 e7                    mov edi, r12d
                48 8d 73 ff                 lea rsi, [rbx-1]       ; the NUL
                ba 01 00 00 00              mov edx, 1
                b8 01 00 00 00              mov eax, 1
                0f 05                       syscall                ; write
                eb .path                    jmp path

    ; Set SIGCHLD and SIGPWR to SIG_DFL: Bun cannot wait for children if SIGCHLD is ignored, and it uses SIGPWR itself
    ; and warns if its action is not the default.
    signals:    6a 00                       push 0                 ; struct sigaction: sa_mask = 0
                6a 00                       push 0                 ; sa_restorer = 0
                6a 00                       push 0                 ; sa_flags = 0
                6a 00                       push 0                 ; sa_handler = SIG_DFL
                bf 11 00 00 00              mov edi, 17            ; SIGCHLD
                48 89 e6                    mov rsi, rsp
                31 d2                       xor edx, edx           ; old action not needed
                41 ba 08 00 00 00           mov r10d, 8            ; sizeof sa_mask
                b8 0d 00 00 00              mov eax, 13
                0f 05                       syscall                ; rt_sigaction
                bf 1e 00 00 00              mov edi, 30            ; SIGPWR, with the same arguments
                b8 0d 00 00 00              mov eax, 13
                0f 05                       syscall                ; rt_sigaction
                48 83 c4 20                 add rsp, 32            ; drop struct sigaction

    ; If the working directory was deleted, append a descriptor of it to the record and change to the root.
    directory:  48 89 e7                    mov rdi, rsp
                be 00 10 00 00              mov esi, 4096
                b8 4f 00 00 00              mov eax, 79
                0f 05                       syscall                ; getcwd
                83 f8 fe                    cmp eax, -2            ; ENOENT: it was deleted
                75 .leave                   jne leave
                48 8d 3d >dot               lea rdi, [dot]
                be 00 00 29 00              mov esi, 0x290000      ; O_PATH | O_DIRECTORY | O_CLOEXEC
                b8 02 00 00 00              mov eax, 2
                0f 05                       syscall                ; open
                89 c3                       mov ebx, eax
                85 c0                       test eax, eax
                78 .leave                   js leave
                89 df                       mov edi, ebx
                be 06 04 00 00              mov esi, 1030          ; F_DUPFD_CLOEXEC
                ba 03 00 00 00              mov edx, 3             ; 3 or above, as for the record
                b8 48 00 00 00              mov eax, 72
                0f 05                       syscall                ; fcntl
                89 04 24                    mov dword [rsp], eax   ; the descriptor, in four bytes
                89 df                       mov edi, ebx
                b8 03 00 00 00              mov eax, 3
                0f 05                       syscall                ; close
                44 89 e7                    mov edi, r12d
                48 89 e6                    mov rsi, rsp
                ba 04 00 00 00              mov edx, 4
                b8 01 00 00 00              mov eax, 1
                0f 05                       syscall                ; write
                48 8d 3d >root              lea rdi, [root]
                b8 50 00 00 00              mov eax, 80
                0f 05                       syscall                ; chdir

    ; Continue at Bun's entry point, with the stack and rdx as they were.
    leave:      48 81 c4 00 10 00 00        add rsp, 4096
                5a                          pop rdx
                e9 >entry                   jmp entry              ; Bun's entry point
  `,
  data: { name: [RECORD_NAME], dot: ["."], root: ["/"], paths: [...RECORDED_FILES, ""] },
};
