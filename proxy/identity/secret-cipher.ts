/** What encrypts a file of secrets. `sealed` is text that is safe to write anywhere; only the same cipher opens it. */
export interface SecretCipher {
  /** Names what holds the key: the person, the operating system's keychain, or Electron's `safeStorage`, which keeps it there too. */
  readonly name: "passphrase" | "keyring" | "system";
  seal(plain: string): Promise<string>;
  /** Rejects where the text was sealed by another key, or was changed. */
  open(sealed: string): Promise<string>;
}
