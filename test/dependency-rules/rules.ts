import type { IForbiddenRuleType, IReachabilityForbiddenRuleType, IRegularForbiddenRuleType } from "dependency-cruiser";

type To = IRegularForbiddenRuleType["to"] | IReachabilityForbiddenRuleType["to"];

/** The core's folders, as part of a regular expression. */
const folders = "api|commands|demo|evidence|filter|identity|library|model|policy|protocol|recording|relay|sql";

/** A `path` is a regular expression over paths from the repository's folder; in `to`, `$1` is what `from` matched in its first group. */
function rule(name: string, comment: string, from: IRegularForbiddenRuleType["from"], to: To): IForbiddenRuleType {
  return { name, comment, severity: "error", from, to };
}

/** What starts by itself: the command line, threads, processes, set-up, the page, the desktop's two sides. */
const entries = [
  "^proxy/(main|[^/]+-(thread|process))\\.ts$",
  "^proxy/setup/start\\.mjs$",
  "^renderer/main\\.tsx$",
  "^electron/(main|preload)\\.ts$",
];

/** What only a developer runs: the build's settings and generators of checked-in files. */
const buildTime = ["^electron/electron\\.vite\\.config\\.ts$", "/generate-[^/]+\\.ts$"];

/** Imports go one way. Each rule forbids what its comment says. */
export const forbidden: readonly IForbiddenRuleType[] = [
  rule("no-circles", "Modules do not import each other in a circle.", {}, { circular: true }),
  rule("resolvable", "What is imported exists.", {}, { couldNotResolve: true }),
  rule("no-tests", "The product does not import its tests.", { path: "^(proxy|renderer|electron)/" }, { path: "^test/" }),
  rule(
    "in-use",
    "Every module is reached from an entry of the program.",
    { path: entries },
    { path: "^(proxy|renderer|electron)/", pathNot: [...entries, ...buildTime, "\\.d\\.m?ts$"], reachable: false },
  ),
  rule(
    "model-alone",
    "The model imports nothing of ours.",
    { path: "^proxy/model/" },
    { path: "^(proxy|renderer|electron)/", pathNot: "^proxy/model/" },
  ),
  rule(
    "protocol-alone",
    "The protocol is bytes and packets: of ours it knows the model only.",
    { path: "^proxy/protocol/" },
    { path: "^(proxy|renderer|electron)/", pathNot: "^proxy/(protocol|model)/" },
  ),
  rule(
    "sql-alone",
    "The lexer of SQL imports nothing of ours.",
    { path: "^proxy/sql/" },
    { path: "^(proxy|renderer|electron)/", pathNot: "^proxy/sql/" },
  ),
  rule(
    "protocol-pure",
    "The protocol has no sockets, files or threads.",
    { path: "^proxy/protocol/" },
    { dependencyTypes: ["core"], path: "^(node:)?(net|tls|http|https|fs|fs/promises|worker_threads|child_process|dgram)$" },
  ),
  rule(
    "parts-apart",
    "Filter, policy, identity, recording, evidence and library import model, protocol and the lexer of SQL; library and evidence also read recordings.",
    { path: "^proxy/(filter|policy|identity|recording)/" },
    { path: "^(proxy|renderer|electron)/", pathNot: "^proxy/($1|model|protocol|sql)/" },
  ),
  rule(
    "library-apart",
    "The library imports model, protocol, recording, the filter, the lexer of SQL, and nothing else of ours.",
    { path: "^proxy/library/" },
    { path: "^(proxy|renderer|electron)/", pathNot: "^proxy/(library|model|protocol|recording|filter|sql)/" },
  ),
  rule(
    "evidence-apart",
    "Evidence imports the same, and of identity what an identity key commits to and how a private file is written.",
    { path: "^proxy/evidence/" },
    {
      path: "^(proxy|renderer|electron)/",
      pathNot: "^proxy/((evidence|model|protocol|recording|filter|sql)/|identity/(identity-key|private-file)\\.ts$)",
    },
  ),
  rule(
    "relay-interfaces",
    "The relay knows the other parts by their types only, but for the protocol, the model, and what reads SQL.",
    { path: "^proxy/relay/" },
    { path: "^(proxy|renderer|electron)/", pathNot: "^proxy/(relay|model|protocol|sql)/", dependencyTypesNot: ["type-only"] },
  ),
  rule(
    "relay-not-api",
    "The relay does not know the api, not even its types.",
    { path: "^proxy/relay/" },
    { path: "^proxy/(api|commands|demo)/" },
  ),
  rule(
    "sockets-in-relay",
    "Only the relay and the api open sockets, sign-in for the provider's answer, and the demo, which plays server and clients.",
    { path: `^proxy/(${folders})/`, pathNot: "^proxy/(relay|api|demo|commands|identity/(answers|oidc))/" },
    { path: "^(node:)?(net|tls|http|https|http2|dgram)$", dependencyTypesNot: ["type-only"] },
  ),
  rule(
    "api-not-relay",
    "The api does not know the relay.",
    { path: "^proxy/api/" },
    { path: "^proxy/(relay|demo|commands)/|^(renderer|electron)/" },
  ),
  rule(
    "contract-alone",
    "The contract imports zod and nothing else: it is shared by both sides.",
    { path: "^proxy/api/contract(\\.ts$|/)" },
    { pathNot: "(^|/)node_modules/zod/|^proxy/api/contract/" },
  ),
  rule(
    "entries-on-top",
    "Nothing below imports the files that wire things together.",
    { path: `^proxy/(${folders})/`, pathNot: "^proxy/commands/" },
    { path: "^proxy/(main|compose|[^/]+-(thread|process))\\.ts$" },
  ),
  rule(
    "demo-on-top",
    "Nothing but commands and entries imports the demo.",
    { path: `^proxy/(${folders})/`, pathNot: "^proxy/(demo|commands)/" },
    { path: "^proxy/demo/" },
  ),
  rule(
    "core-without-hosts",
    "The core knows neither Electron nor the user interface, not even types.",
    { path: "^proxy/" },
    { path: "^(renderer|electron)/|(^|/)node_modules/(electron|react|react-dom)/|^electron$" },
  ),
  rule(
    "core-without-dev-dependencies",
    "What the core imports when it runs is a dependency, not a devDependency: it is packaged with it.",
    { path: "^proxy/", pathNot: buildTime },
    { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
  ),
  rule(
    "setup-alone",
    "Set-up runs before anything is installed.",
    { path: "^proxy/setup/" },
    { pathNot: "^proxy/setup/", dependencyTypesNot: ["core"] },
  ),
  rule(
    "renderer-by-contract",
    "The user interface knows the contract, the model and the filter of the core, nothing else.",
    { path: "^renderer/" },
    { path: "^(proxy|electron)/", pathNot: "^proxy/(api/contract(\\.ts$|/)|model/|filter/)" },
  ),
  rule("renderer-without-node", "The user interface runs in a browser.", { path: "^renderer/" }, { dependencyTypes: ["core"] }),
  rule(
    "electron-thin",
    "The desktop host composes the core and hands over its api, nothing else.",
    { path: "^electron/" },
    { path: "^(proxy|renderer)/", pathNot: "^proxy/(compose\\.ts$|api/|model/)" },
  ),
];
