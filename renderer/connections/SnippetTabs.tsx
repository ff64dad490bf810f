import { Tabs } from "radix-ui";
import { useCall } from "../api/use-call.ts";
import { CopyButton } from "../shell/CopyButton.tsx";
import { Notice } from "../shell/Notice.tsx";
import tabs from "../styles/tabs.module.css";
import { filledSnippet } from "./filled-snippet.ts";
import styles from "./SnippetTabs.module.css";

interface SnippetTabsProps {
  readonly connection: string;
  /** Filled in where it is known. */
  readonly password?: string | undefined;
}

/** Ready-made text to connect with, by client. */
export function SnippetTabs({ connection, password }: SnippetTabsProps) {
  const { output, failure } = useCall("connections.snippets", { id: connection });
  if (failure !== null) return <Notice tone="error">{failure.message}</Notice>;
  const first = output?.snippets[0];
  if (output === null || first === undefined) return <div className={styles.space} />;
  return (
    <Tabs.Root defaultValue={first.client} className={styles.tabs}>
      <Tabs.List className={styles.list} aria-label="Client">
        {output.snippets.map((snippet) => (
          <Tabs.Trigger key={snippet.client} value={snippet.client} className={tabs.tab}>
            {snippet.client}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {output.snippets.map((snippet) => {
        const text = filledSnippet(snippet.text, password);
        return (
          <Tabs.Content key={snippet.client} value={snippet.client} className={styles.content}>
            <pre className={styles.text}>{text}</pre>
            <CopyButton text={text} what={`for ${snippet.client}`} withWord />
          </Tabs.Content>
        );
      })}
    </Tabs.Root>
  );
}
