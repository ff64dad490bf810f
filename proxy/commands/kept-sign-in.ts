import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { actor } from "../api/contract/session.ts";
import type { OidcSettings } from "../identity/identity-settings.ts";
import type { RefreshTokens } from "../identity/oidc/refresh-tokens.ts";
import type { SecretStore } from "../identity/secret-store.ts";
import type { PersonActor } from "../model/actor.ts";
import { withSettingsLock } from "../settings-lock.ts";

const secretName = "sign-in";
/** A provider may take three times its time limit to renew a sign-in, while others wait for it. */
const waitMs = 60_000;

const kept = z.object({ issuer: z.string(), clientId: z.string(), token: z.string(), actor: actor.nullable() });

/**
 * The sign-in that `login` leaves for other commands: its refresh token, encrypted in the secret store of the data directory. Providers
 * take a refresh token once and give the next one, so processes use it in turn, each with what the one before it left.
 */
export class KeptSignIn implements RefreshTokens {
  readonly #dataDirectory: string;
  readonly #secrets: SecretStore;
  readonly #settings: OidcSettings;

  constructor(dataDirectory: string, secrets: SecretStore, settings: OidcSettings) {
    this.#dataDirectory = dataDirectory;
    this.#secrets = secrets;
    this.#settings = settings;
  }

  /** The token; `null` where there is none of this provider. */
  read(): string | null {
    return this.#read()?.token ?? null;
  }

  /** Whose it is; `null` where that was not kept. */
  get actor(): PersonActor | null {
    const known = this.#read()?.actor;
    return known?.kind === "person" ? known : null;
  }

  write(token: string | null): Promise<void> {
    return this.#write(token, this.actor);
  }

  /** Keeps whose it is beside the token. */
  async belongsTo(person: PersonActor): Promise<void> {
    await this.#write(this.read(), person);
  }

  async exclusively<T>(use: () => Promise<T>): Promise<T> {
    const directory = join(this.#dataDirectory, "identity");
    await mkdir(directory, { recursive: true, mode: 0o700 });
    // A lock of its own: nobody's settings wait for a provider.
    return withSettingsLock(
      directory,
      async () => {
        await this.#secrets.refresh();
        return use();
      },
      waitMs,
    );
  }

  #read(): z.output<typeof kept> | null {
    const text = this.#secrets.read(secretName);
    if (text === null) return null;
    const { issuer, clientId } = this.#settings;
    const read = kept.parse(JSON.parse(text));
    return read.issuer === issuer && read.clientId === clientId ? read : null;
  }

  #write(token: string | null, person: PersonActor | null): Promise<void> {
    const { issuer, clientId } = this.#settings;
    const text = token === null ? null : JSON.stringify({ issuer, clientId, token, actor: person });
    return withSettingsLock(this.#dataDirectory, () => this.#secrets.write(new Map([[secretName, text]])));
  }
}
