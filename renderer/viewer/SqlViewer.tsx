import { useEffect, useRef } from "react";
import { useTheme } from "../shell/theme.ts";
import { applyMonacoTheme, monaco } from "./monaco.ts";
import styles from "./SqlViewer.module.css";

interface SqlViewerProps {
  readonly text: string;
  readonly wrap: boolean;
}

/** SQL in Monaco, to be read, searched and copied, never changed. Loaded when the first statement is looked at. */
export default function SqlViewer({ text, wrap }: SqlViewerProps) {
  const holder = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const theme = useTheme();

  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const made = monaco.editor.create(element, {
      value: "",
      language: "mysql",
      readOnly: true,
      domReadOnly: true,
      automaticLayout: true,
      ariaLabel: "Statement text",
      tabFocusMode: true,
      minimap: { enabled: false },
      fontFamily: getComputedStyle(element).fontFamily,
      fontSize: 12,
      lineHeight: 18,
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 8,
      glyphMargin: false,
      padding: { top: 6, bottom: 6 },
      scrollBeyondLastLine: false,
      renderLineHighlight: "none",
      renderControlCharacters: true,
      unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: true },
      overviewRulerLanes: 0,
      hideCursorInOverviewRuler: true,
      stickyScroll: { enabled: false },
      scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
      contextmenu: false,
      links: false,
      matchBrackets: "always",
      occurrencesHighlight: "off",
      largeFileOptimizations: true,
    });
    editor.current = made;
    return () => {
      made.getModel()?.dispose();
      made.dispose();
      editor.current = null;
    };
  }, []);

  useEffect(() => applyMonacoTheme(theme), [theme]);

  useEffect(() => {
    const model = editor.current?.getModel();
    if (model?.getValue() === text) return;
    model?.setValue(text);
    editor.current?.setScrollPosition({ scrollTop: 0, scrollLeft: 0 });
  }, [text]);

  useEffect(() => {
    editor.current?.updateOptions({ wordWrap: wrap ? "on" : "off" });
  }, [wrap]);

  return (
    <section
      ref={holder}
      className={styles.viewer}
      data-pane="details"
      aria-label="Statement text"
      tabIndex={-1}
      onFocus={(event) => {
        if (event.target === event.currentTarget) editor.current?.focus();
      }}
    />
  );
}
