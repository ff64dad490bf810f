import { type Caller, scopeOf } from "../../../proxy/api/caller.ts";
import type { PersonActor } from "../../../proxy/model/actor.ts";
import type { Role } from "../../../proxy/model/role.ts";
import { personOf } from "../identity/actors.ts";

/** Somebody who is signed in with some roles, or not at all (`null`), as a test says. */
export class FakeCaller implements Caller {
  readonly actorOf: PersonActor;
  #roles: readonly Role[] | null;
  readonly #listeners = new Set<() => void>();

  constructor(roles: readonly Role[] | null, actor: PersonActor = personOf()) {
    this.#roles = roles;
    this.actorOf = actor;
  }

  /** They have other roles from now on, or are signed out. */
  become(roles: readonly Role[] | null): void {
    this.#roles = roles;
    for (const listener of [...this.#listeners]) listener();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  state() {
    return { state: "signed-out", provider: "https://id.example", message: null } as const;
  }

  signIn() {
    if (this.#roles === null) return null;
    const sign = () => new Uint8Array();
    return { id: "s1", actor: this.actorOf, roles: this.#roles, claims: {}, since: 0, until: null, keyBinding: null, sign };
  }

  actor() {
    return this.actorOf;
  }

  roles() {
    return this.#roles ?? [];
  }

  scope() {
    return this.#roles === null ? ({ kind: "none" } as const) : scopeOf(this.#roles, this.actorOf);
  }

  onChange(listener: () => void) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  begin() {
    return Promise.resolve({ url: "https://id.example/sign-in", opened: false });
  }

  cancel() {}

  signOut() {
    return Promise.resolve();
  }
}
