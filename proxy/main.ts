/** The command line. */
import { Command } from "commander";
import { register as registerAnnotate } from "./commands/annotate.ts";
import { register as registerApp } from "./commands/app.ts";
import { register as registerCheckpoint } from "./commands/checkpoint.ts";
import { register as registerDemo } from "./commands/demo.ts";
import { register as registerExport } from "./commands/export.ts";
import { register as registerLogin } from "./commands/login.ts";
import { register as registerLogout } from "./commands/logout.ts";
import { register as registerRecord } from "./commands/record.ts";
import { register as registerReindex } from "./commands/reindex.ts";
import { register as registerServe } from "./commands/serve.ts";
import { register as registerSessions } from "./commands/sessions.ts";
import { register as registerStatements } from "./commands/statements.ts";
import { register as registerVerify } from "./commands/verify.ts";
import { register as registerWhoami } from "./commands/whoami.ts";
import { program as about } from "./model/program.ts";

const usageError = 2;

const program = new Command("stenograph")
  .description("Records MySQL sessions on the wire, and shows who ran what.")
  .version(about.version)
  .showHelpAfterError("(add --help for what is possible)")
  .exitOverride((stop) => process.exit(stop.exitCode === 0 ? 0 : usageError));

for (const register of [
  registerApp,
  registerRecord,
  registerServe,
  registerLogin,
  registerLogout,
  registerWhoami,
  registerSessions,
  registerStatements,
  registerExport,
  registerVerify,
  registerAnnotate,
  registerCheckpoint,
  registerReindex,
  registerDemo,
]) {
  register(program);
}

for (const command of program.commands) command.copyInheritedSettings(program);

await program.parseAsync();
