/**
 * A Node-API addon with one function, for Linux on x86-64: it makes a system call. `bun:ffi` compiles its calls at run
 * time, which fails if the process may not have new executable memory (`MemoryDenyWriteExecute=yes` of systemd, a limit
 * of the address space, `BUN_JSC_useJIT=0`). The code of an addon is mapped from a file, which is still allowed.
 *
 * The addon is an ELF shared object, elf(5). It is assembled when it is needed, so that no binary file has to be shipped.
 */
import { assemble, type Listing } from "./listing.ts";

/** The functions of Node-API that the code calls, in the order of its table. */
const IMPORTS = ["napi_create_function", "napi_get_cb_info", "napi_get_value_int64", "napi_create_int64"] as const;
const INITIALIZER = "napi_register_module_v1";

/**
 * Calling convention: the System V ABI. `entry` is the table of the imported functions' addresses.
 *
 * The JavaScript function takes seven numbers: the system call's number and its arguments, which go to rdi, rsi, rdx,
 * r10, r8 and r9. It returns the result, which is negative for an error.
 */
const CODE: Listing = {
  code: `
    ; napi_register_module_v1(env, exports): return a new JavaScript function as the exports.
    start:      48 83 ec 18                 sub rsp, 24            ; [rsp] = the function; this aligns the stack
                48 8d 35 >name              lea rsi, [name]
                ba 01 00 00 00              mov edx, 1             ; the length of the name
                48 8d 0d >call              lea rcx, [call]
                45 31 c0                    xor r8d, r8d           ; no data
                49 89 e1                    mov r9, rsp
                48 8d 05 >entry             lea rax, [entry]
                ff 10                       call [rax]             ; napi_create_function
                48 8b 04 24                 mov rax, [rsp]
                48 83 c4 18                 add rsp, 24
                c3                          ret

    ; call(env, info): [rsp] = count, [rsp+8] = 7 values, [rsp+64] = 7 numbers, [rsp+120] = the result.
    call:       53                          push rbx
                41 54                       push r12
                41 55                       push r13
                48 81 ec 80 00 00 00        sub rsp, 128
                49 89 fc                    mov r12, rdi           ; r12 = env
                48 8d 1d >entry             lea rbx, [entry]       ; rbx = the table
                48 c7 04 24 07 00 00 00     mov qword [rsp], 7
                48 89 e2                    mov rdx, rsp
                48 8d 4c 24 08              lea rcx, [rsp+8]
                45 31 c0                    xor r8d, r8d           ; this is not needed
                45 31 c9                    xor r9d, r9d           ; nor the data
                ff 53 08                    call [rbx+8]           ; napi_get_cb_info
                45 31 ed                    xor r13d, r13d         ; r13 = the index of the argument
    argument:   4c 89 e7                    mov rdi, r12
                4a 8b 74 ec 08              mov rsi, [rsp+8*r13+8]
                4a 8d 54 ec 40              lea rdx, [rsp+8*r13+64]
                ff 53 10                    call [rbx+16]          ; napi_get_value_int64
                41 ff c5                    inc r13d
                41 83 fd 07                 cmp r13d, 7
                75 .argument                jne argument
                48 8b 44 24 40              mov rax, [rsp+64]
                48 8b 7c 24 48              mov rdi, [rsp+72]
                48 8b 74 24 50              mov rsi, [rsp+80]
                48 8b 54 24 58              mov rdx, [rsp+88]
                4c 8b 54 24 60              mov r10, [rsp+96]
                4c 8b 44 24 68              mov r8, [rsp+104]
                4c 8b 4c 24 70              mov r9, [rsp+112]
                0f 05                       syscall
                4c 89 e7                    mov rdi, r12
                48 89 c6                    mov rsi, rax
                48 8d 54 24 78              lea rdx, [rsp+120]
                ff 53 18                    call [rbx+24]          ; napi_create_int64
                48 8b 44 24 78              mov rax, [rsp+120]
                48 81 c4 80 00 00 00        add rsp, 128
                41 5d                       pop r13
                41 5c                       pop r12
                5b                          pop rbx
                c3                          ret
  `,
  data: { name: ["f"] },
};

/** The sizes of an ELF header, of an entry of each of its tables, and of a page. */
const HEADER = 64;
const PROGRAM_HEADER = 56;
const SYMBOL = 24;
const RELOCATION = 24;
const DYNAMIC_ENTRY = 16;
const PAGE = 0x1000;

const PROGRAM_HEADERS = 4;

/** Returns the bytes of the addon. */
export function makeAddon(): Uint8Array {
  const names = [INITIALIZER, ...IMPORTS];
  const strings = new TextEncoder().encode(`\0${names.map((name) => `${name}\0`).join("")}`);
  const symbolCount = names.length + 1;
  // The first segment is read-only: the tables and the code.
  const symbolsAt = HEADER + PROGRAM_HEADERS * PROGRAM_HEADER;
  const relocationsAt = symbolsAt + symbolCount * SYMBOL;
  const hashAt = relocationsAt + IMPORTS.length * RELOCATION;
  const stringsAt = hashAt + 4 * (3 + symbolCount);
  const codeAt = roundUp(stringsAt + strings.length, 16);
  // The second one, which the loader writes, is in the next page of memory: the loaded addresses and the dynamic section.
  const writableAt = roundUp(codeAt + assemble(CODE, 0).length, 16);
  const tableAddress = writableAt + PAGE;
  const code = assemble(CODE, tableAddress - codeAt);
  const dynamicAt = writableAt + 8 * IMPORTS.length;
  const dynamic: readonly (readonly [tag: number, value: number])[] = [
    [4 /* DT_HASH */, hashAt],
    [5 /* DT_STRTAB */, stringsAt],
    [10 /* DT_STRSZ */, strings.length],
    [6 /* DT_SYMTAB */, symbolsAt],
    [11 /* DT_SYMENT */, SYMBOL],
    [7 /* DT_RELA */, relocationsAt],
    [8 /* DT_RELASZ */, IMPORTS.length * RELOCATION],
    [9 /* DT_RELAENT */, RELOCATION],
    [0 /* DT_NULL */, 0],
  ];
  const size = dynamicAt + dynamic.length * DYNAMIC_ENTRY;
  const file = new Uint8Array(size);
  const view = new DataView(file.buffer);
  const words = (at: number, ...values: number[]) => {
    for (const [index, value] of values.entries()) view.setBigUint64(at + 8 * index, BigInt(value), true);
  };
  const halfWords = (at: number, ...values: number[]) => {
    for (const [index, value] of values.entries()) view.setUint32(at + 4 * index, value, true);
  };

  file.set([0x7f, 0x45, 0x4c, 0x46, 2 /* 64-bit */, 1 /* little-endian */, 1 /* version */]);
  halfWords(16, 3 /* ET_DYN */ | (62 << 16) /* EM_X86_64 */, 1 /* version */);
  words(32, HEADER); // where the program headers are
  halfWords(52, HEADER | (PROGRAM_HEADER << 16), PROGRAM_HEADERS | (64 << 16) /* size of a section header */);

  const segment = (index: number, type: number, flags: number, at: number, address: number, length: number) => {
    const header = HEADER + index * PROGRAM_HEADER;
    halfWords(header, type, flags);
    words(header + 8, at, address, address, length, length, type === 1 ? PAGE : 16);
  };
  segment(0, 1 /* PT_LOAD */, 5 /* read, execute */, 0, 0, writableAt);
  segment(1, 1 /* PT_LOAD */, 6 /* read, write */, writableAt, tableAddress, size - writableAt);
  segment(2, 2 /* PT_DYNAMIC */, 6, dynamicAt, dynamicAt + PAGE, dynamic.length * DYNAMIC_ENTRY);
  // Without it, the loader would make the stack executable.
  segment(3, 0x6474e551 /* PT_GNU_STACK */, 6, 0, 0, 0);

  let nameAt = 1;
  for (const [index, name] of names.entries()) {
    const symbol = symbolsAt + (index + 1) * SYMBOL;
    const isDefined = name === INITIALIZER;
    halfWords(symbol, nameAt, 0x12 /* STB_GLOBAL, STT_FUNC */ | (isDefined ? 1 << 16 : 0) /* not SHN_UNDEF */);
    if (isDefined) words(symbol + 8, codeAt);
    nameAt += name.length + 1;
  }
  for (const index of IMPORTS.keys()) {
    const relocation = relocationsAt + index * RELOCATION;
    words(relocation, tableAddress + 8 * index);
    halfWords(relocation + 8, 6 /* R_X86_64_GLOB_DAT */, index + 2);
  }
  // A hash table of one bucket, which contains the initializer only: imported symbols are not looked up in it.
  halfWords(hashAt, 1, symbolCount, 1);
  file.set(strings, stringsAt);
  file.set(code, codeAt);
  for (const [index, entry] of dynamic.entries()) words(dynamicAt + index * DYNAMIC_ENTRY, ...entry);
  return file;
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
