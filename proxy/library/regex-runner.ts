import { isNativeError } from "node:util/types";
import vm from "node:vm";
import { regexOf } from "../filter/text-match.ts";
import { FailureError } from "../model/failure.ts";

/** A value to look at, with the key that stands for it; `null` texts match nothing. */
export type KeyedTexts = readonly [key: number, ...texts: (string | null)[]];

/** How long one run may take; an expression that goes back again and again would otherwise never end. */
const limitMs = 1000;

const script = new vm.Script("run()");

/** Keys of the values of which one text matches. Throws a `FailureError` (`filter-too-slow`) after a second. */
export function keysMatching(source: string, subjects: readonly KeyedTexts[]): number[] {
  if (subjects.length === 0) return [];
  const regex = regexOf(source);
  const run = () => {
    const keys: number[] = [];
    for (const [key, ...texts] of subjects) if (texts.some((text) => text !== null && regex.test(text))) keys.push(key);
    return keys;
  };
  try {
    return script.runInContext(vm.createContext({ run }), { timeout: limitMs }) as number[];
  } catch (thrown) {
    if (!isNativeError(thrown) || !("code" in thrown) || thrown.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw thrown;
    throw new FailureError(
      "filter-too-slow",
      `The regular expression /${source}/ takes too long on some texts, so the search was stopped. Write it without nested repetition such as (a+)+, or search for words.`,
    );
  }
}
