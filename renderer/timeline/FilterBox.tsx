import { Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { describeFilter } from "../../proxy/filter/describe.ts";
import { parseFilter } from "../../proxy/filter/parse-filter.ts";
import { useCall } from "../api/use-call.ts";
import { classNames } from "../styles/class-names.ts";
import controls from "../styles/controls.module.css";
import styles from "./FilterBox.module.css";
import { applySuggestion, type Suggestion, suggestionsAt } from "./filter-suggestions.ts";

interface FilterBoxProps {
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
}

const settleMs = 180;

/** The filter, checked while it is written: a wrong one is said and marked where it is wrong, and is never sent. */
export function FilterBox({ filter, onFilter }: FilterBoxProps) {
  const [text, setText] = useState(filter);
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const errorId = useId();
  const parsed = useMemo(() => parseFilter(text), [text]);

  useEffect(() => setText(filter), [filter]);
  useEffect(() => {
    if (!parsed.ok || text === filter) return;
    const timer = setTimeout(() => onFilter(text), settleMs);
    return () => clearTimeout(timer);
  }, [parsed, text, filter, onFilter]);

  const claimNames = useCall("statements.claimNames", text.includes("claimed") ? {} : null).latest?.names;
  const suggestions = useMemo(() => (caret === null ? [] : suggestionsAt(text, caret, claimNames)), [text, caret, claimNames]);
  const take = (suggestion: Suggestion): void => {
    const next = applySuggestion(text, suggestion);
    setText(next.text);
    requestAnimationFrame(() => {
      input.current?.setSelectionRange(next.caret, next.caret);
      setCaret(next.caret);
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const suggestion = suggestions[chosen];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (suggestions.length === 0) return;
      setChosen((chosen + (event.key === "ArrowDown" ? 1 : suggestions.length - 1)) % suggestions.length);
    } else if ((event.key === "Tab" || event.key === "Enter") && suggestion !== undefined) {
      take(suggestion);
    } else if (event.key === "Enter") {
      if (parsed.ok) onFilter(text);
    } else if (event.key === "Escape") {
      if (suggestions.length > 0) setCaret(null);
      else input.current?.blur();
    } else return;
    event.preventDefault();
  };
  const follow = (): void => {
    setCaret(input.current?.selectionStart ?? null);
    setChosen(0);
  };

  return (
    <search className={styles.box}>
      <Search size={14} aria-hidden="true" className={styles.icon} />
      <input
        ref={input}
        className={classNames(controls.input, styles.input)}
        role="combobox"
        aria-label="Filter"
        aria-expanded={suggestions.length > 0}
        aria-controls={listId}
        aria-activedescendant={suggestions.length > 0 ? `${listId}-${chosen}` : undefined}
        aria-invalid={!parsed.ok}
        aria-errormessage={parsed.ok ? undefined : errorId}
        data-filter=""
        placeholder="Filter: words, “a phrase”, is:failed, duration:>100ms, actor:…"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setCaret(event.target.selectionStart);
          setChosen(0);
        }}
        onClick={follow}
        onBlur={() => setCaret(null)}
        onKeyDown={onKeyDown}
      />
      {text !== "" && (
        <button
          type="button"
          className={classNames(controls.icon, styles.clear)}
          aria-label="Clear the filter"
          title="Clear the filter"
          onClick={() => {
            setText("");
            onFilter("");
            input.current?.focus();
          }}
        >
          <X size={14} aria-hidden="true" />
        </button>
      )}
      {!parsed.ok && (
        <div className={styles.error} id={errorId} role="alert">
          <MarkedText text={text} position={parsed.position} />
          {parsed.message}
        </div>
      )}
      {parsed.ok && caret !== null && text.trim() !== "" && suggestions.length === 0 && (
        <div className={styles.description}>{describeFilter(parsed.filter)}</div>
      )}
      {suggestions.length > 0 && parsed.ok && (
        <div className={classNames(controls.menu, styles.suggestions)} role="listbox" id={listId} aria-label="Fields">
          {suggestions.map((suggestion, place) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the input, which keeps the focus
            <div
              key={suggestion.insert}
              id={`${listId}-${place}`}
              role="option"
              tabIndex={-1}
              aria-selected={place === chosen}
              className={controls.item}
              data-highlighted={place === chosen ? "" : undefined}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(suggestion)}
            >
              <span className={styles.field}>{suggestion.insert}</span>
              <span className={styles.meaning}>{suggestion.meaning}</span>
              <span className={controls.keys}>{suggestion.example}</span>
            </div>
          ))}
        </div>
      )}
    </search>
  );
}

/** The filter with the word marked at which it goes wrong. */
function MarkedText({ text, position }: { readonly text: string; readonly position: number }) {
  const word = /^\S+/.exec(text.slice(position))?.[0] ?? text.charAt(position);
  return (
    <div className={styles.marked} aria-hidden="true">
      {text.slice(0, position)}
      <mark>{word === "" ? " " : word}</mark>
      {text.slice(position + word.length)}
    </div>
  );
}
