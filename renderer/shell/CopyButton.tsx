import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for the label: "Copy connection string". */
  readonly what: string;
  /** With the word "Copy" next to the icon. */
  readonly withWord?: boolean;
}

type CopyState = "idle" | "copied" | "refused";

/** Copies a text and says that it did, or that the browser refused. */
export function CopyButton({ text, what, withWord = false }: CopyButtonProps) {
  const [state, setState] = useState<CopyState>("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), 1_600);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("refused"),
    );
  };
  const word = state === "copied" ? "Copied" : state === "refused" ? "Not allowed by the browser" : "Copy";
  return (
    <button
      type="button"
      className={withWord ? classNames(controls.button, controls.small) : controls.icon}
      onClick={copy}
      aria-label={state === "idle" ? `Copy ${what}` : word}
      title={state === "idle" ? `Copy ${what}` : word}
    >
      {state === "copied" ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
      {withWord && <span aria-live="polite">{word}</span>}
    </button>
  );
}
