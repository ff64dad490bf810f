import styles from "./NavigationRail.module.css";

/** The product's mark: a pad with its margin rule and one stroke of shorthand. */
export function Mark() {
  return (
    <svg className={styles.mark} viewBox="0 0 24 24" width="26" height="26" fill="none" role="img" aria-label="Stenograph">
      <rect x="3" y="2" width="18" height="20" rx="2.5" className={styles.pad} />
      <path d="M9 2.5v19" className={styles.rule} />
      <path d="M11.5 14.5c1.2-3.6 3-6.3 4.2-5.6 1.3.8-1.7 4.2-.6 5 .8.6 1.9-.8 2.9-2" className={styles.stroke} />
    </svg>
  );
}
