import { Component, type ReactNode } from "react";
import controls from "../styles/controls.module.css";
import { EmptyState } from "./EmptyState.tsx";
import { Notice } from "./Notice.tsx";

interface ErrorBoundaryProps {
  /** What could not be drawn, for the sentence. */
  readonly place: string;
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  readonly error: Error | null;
}

/** Keeps a fault in one part of the window from taking the rest with it, and says so. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { error: null };

  static getDerivedStateFromError(thrown: unknown): ErrorBoundaryState {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <EmptyState title={`${this.props.place} could not be drawn`}>
        <p>This is a fault of the user interface. Recording is not affected by it and goes on.</p>
        <Notice tone="error">{error.message}</Notice>
        <div>
          <button type="button" className={controls.button} onClick={() => this.setState({ error: null })}>
            Try again
          </button>
        </div>
      </EmptyState>
    );
  }
}
