/** Recognizes files that are encrypted or have another encoding than UTF-8, by their first bytes. */

/** The first bytes of a file that each program has encrypted, and how to decrypt it. */
const ENCRYPTED: readonly (readonly [start: string, tool: string, help: string])[] = [
  ["\0GITCRYPT\0", "git-crypt", "run git-crypt unlock in its repository"],
  ["age-encryption.org/v1", "age", "decrypt it with age --decrypt"],
  ["-----BEGIN AGE ENCRYPTED FILE", "age", "decrypt it with age --decrypt"],
  ["-----BEGIN PGP MESSAGE", "OpenPGP", "decrypt it with gpg --decrypt"],
  ["$ANSIBLE_VAULT;", "Ansible Vault", "decrypt it with ansible-vault decrypt"],
  ["Salted__", "openssl enc", "decrypt it with openssl enc -d"],
];

/** @returns undefined for a file that may be UTF-8. */
export function foreignEncoding(
  bytes: Uint8Array,
): { readonly what: string; readonly help: readonly string[] } | undefined {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 40));
  for (const [begin, tool, help] of ENCRYPTED) {
    if (start.startsWith(begin)) return { what: `encrypted with ${tool}`, help: [help] };
  }
  if (!isUtf16(bytes)) return undefined;
  return { what: "UTF-16, not UTF-8", help: ["save it as UTF-8 (PowerShell: Set-Content -Encoding utf8NoBOM)"] };
}

/** Without a byte order mark, every second byte of English text is zero. */
function isUtf16(bytes: Uint8Array): boolean {
  // By index: destructuring would use the iterator, which is slow.
  const [first, second, third, fourth] = [bytes[0], bytes[1], bytes[2], bytes[3]];
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return (first !== 0 && second === 0 && third !== 0 && fourth === 0) || (first === 0 && second !== 0 && third === 0);
}
