/** An MCP server from npm that works on MySQL, and a client of it: what an AI assistant is to the database. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

/** The MCP server's program, as `npx` would run it. */
const program = join(dirname(createRequire(import.meta.url).resolve("@berthojoris/mcp-mysql-server/package.json")), "bin", "mcp-mysql.js");

/** What a tool gave: its text, and whether it is an error. */
export interface ToolAnswer {
  readonly text: string;
  readonly failed: boolean;
}

/** An MCP client whose server signs in where it was told to. */
export interface McpAgent {
  toolNames(): Promise<string[]>;
  call(name: string, args: Record<string, unknown>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

export interface McpTarget {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Runs the MCP server with `permissions`, and does the MCP handshake with it. It signs in at MySQL when a tool needs it. */
export async function startMcpAgent({ port, user, password, database }: McpTarget, permissions: string): Promise<McpAgent> {
  const url = `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  const transport = new StdioClientTransport({ command: process.execPath, args: [program, url, permissions], stderr: "ignore" });
  const client = new Client({ name: "an-agent", version: "1.0.0" });
  await client.connect(transport);
  return {
    toolNames: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name, args) => {
      const { content, isError } = await client.callTool({ name, arguments: args });
      const [first] = content as { type: string; text: string }[];
      return { text: first?.text ?? "", failed: isError === true };
    },
    close: () => client.close(),
  };
}
