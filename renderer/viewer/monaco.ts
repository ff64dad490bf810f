/** The only place that loads Monaco: its core, few features, MySQL's colours, its own worker. */
import * as monaco from "monaco-editor/editor/editor.api";
import EditorWorker from "monaco-editor/editor/editor.worker?worker";
import "monaco-editor/features/bracketMatching/register";
import "monaco-editor/features/clipboard/register";
import "monaco-editor/features/codicon/register";
import "monaco-editor/features/find/register";
import "monaco-editor/features/folding/register";
import "monaco-editor/features/hover/register";
import "monaco-editor/features/unicodeHighlighter/register";
import "monaco-editor/languages/definitions/mysql/register";
import type { Theme } from "../shell/theme.ts";
import { themeColour } from "../shell/theme.ts";

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

/** Gives every editor the colours of the theme in force. */
export function applyMonacoTheme(theme: Theme): void {
  const name = `stenograph-${theme}`;
  const token = (scope: string, colour: string, fontStyle = ""): monaco.editor.ITokenThemeRule => ({
    token: scope,
    foreground: themeColour(colour).slice(1),
    fontStyle,
  });
  monaco.editor.defineTheme(name, {
    base: theme === "dark" ? "vs-dark" : "vs",
    inherit: true,
    rules: [
      token("", "--ink"),
      token("keyword", "--sql-keyword", "bold"),
      token("operator", "--ink-2"),
      token("operator.sql", "--sql-keyword", "bold"),
      token("predefined.sql", "--ink"),
      token("string.sql", "--sql-string"),
      token("delimiter", "--ink-2"),
      token("predefined", "--ink"),
      token("identifier", "--ink"),
      token("string", "--sql-string"),
      token("number", "--sql-number"),
      token("comment", "--sql-comment", "italic"),
    ],
    colors: {
      "editor.background": themeColour("--paper"),
      "editor.foreground": themeColour("--ink"),
      "editorLineNumber.foreground": themeColour("--ink-3"),
      "editorLineNumber.activeForeground": themeColour("--ink-2"),
      "editor.selectionBackground": themeColour("--accent-wash"),
      "editor.inactiveSelectionBackground": themeColour("--accent-wash"),
      "editorWidget.background": themeColour("--raised"),
      "editorWidget.border": themeColour("--line-strong"),
      "input.background": themeColour("--paper"),
      "editorBracketHighlight.foreground1": themeColour("--ink-2"),
      "editorBracketHighlight.foreground2": themeColour("--ink-2"),
      "editorBracketHighlight.foreground3": themeColour("--ink-2"),
      focusBorder: themeColour("--focus"),
    },
  });
  monaco.editor.setTheme(name);
}

export { monaco };
