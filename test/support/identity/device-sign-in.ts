import type { ChildProcess } from "node:child_process";
import type { IdentityProvider } from "../../../proxy/demo/identity-provider/identity-provider.ts";
import { type ArrivedPage, ScriptedBrowser } from "../../../proxy/demo/identity-provider/scripted-browser.ts";

/** Waits until a command shows an address and a code on standard error, and enters it as one of the provider's people does. */
export async function enterCode(child: ChildProcess, provider: IdentityProvider, user: string): Promise<ArrivedPage> {
  const person = provider.people.find((each) => each.user === user);
  if (person === undefined) throw new Error(`the provider knows no ${user}`);
  return new ScriptedBrowser().signIn(await shownAddress(child), person);
}

function shownAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const address = /or open (\S+)\n/.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once("exit", () => reject(new Error(`no code was shown: ${said}`)));
  });
}
