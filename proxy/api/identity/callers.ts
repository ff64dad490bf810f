import type { AnswerPlace } from "../../identity/answers/answer-place.ts";
import type { Core } from "../core.ts";
import { type ReportUnexpected, serveChannel } from "../dispatcher.ts";
import { guardedHandlers } from "../guarded-handlers.ts";
import type { Handlers } from "../handler.ts";
import type { ServerChannel } from "../server-channel.ts";
import { PersonCaller, type PersonCallerOptions } from "./person-caller.ts";

interface Known {
  readonly caller: PersonCaller;
  readonly handlers: Handlers;
}

/** Everybody who uses the API of this process: one for the desktop's window, one for each browser with all its pages. */
export class Callers {
  readonly #core: Core;
  readonly #options: Omit<PersonCallerOptions, "answers">;
  readonly #known = new Map<string, Known>();

  constructor(core: Core, options: Omit<PersonCallerOptions, "answers">) {
    this.#core = core;
    this.#options = options;
  }

  /** Serves a page of one of them, on `channel`, as `handlersFor` gives. */
  serve(channel: ServerChannel, name: string, answers: AnswerPlace, report: ReportUnexpected): void {
    const { caller, handlers } = this.#of(name, answers);
    channel.onClose(caller.pageOpened());
    serveChannel(channel, handlers, report);
  }

  /** The handlers for one of them, who is new where the name is. `answers`: where the answers to their sign-ins come to. */
  handlersFor(name: string, answers: AnswerPlace): Handlers {
    return this.#of(name, answers).handlers;
  }

  /** Signs out somebody who cannot come back. */
  forget(name: string): void {
    const known = this.#known.get(name);
    this.#known.delete(name);
    void known?.caller.close();
  }

  #of(name: string, answers: AnswerPlace): Known {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const caller = new PersonCaller({ ...this.#options, answers });
    const made = { caller, handlers: guardedHandlers(this.#core, caller) };
    this.#known.set(name, made);
    return made;
  }
}
