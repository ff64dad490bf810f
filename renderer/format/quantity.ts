const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** A whole number with thousands apart, e.g. `1,234,567`. */
export function count(number: number): string {
  return whole.format(number);
}

/** `1 row`, `2 rows`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Microseconds for a person, three significant digits: `85 µs`, `1.23 ms`, `4.56 s`, `2 min 03 s`, `1 h 05 min`. */
export function duration(micros: number): string {
  if (micros < 1_000) return `${Math.round(micros)} µs`;
  if (micros < 999_500) return `${significant(micros / 1_000)} ms`;
  if (micros < 59_950_000) return `${significant(micros / 1_000_000)} s`;
  const seconds = Math.round(micros / 1_000_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Bytes for a person, in powers of 1024: `512 B`, `1.50 KiB`, `23.4 MiB`. */
export function bytes(number: number): string {
  if (number < 1024) return `${number} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let size = number;
  let unit = "B";
  for (const larger of units) {
    if (size < 1023.5) break;
    size /= 1024;
    unit = larger;
  }
  return `${significant(size)} ${unit}`;
}

function significant(number: number): string {
  if (number < 9.995) return number.toFixed(2);
  if (number < 99.95) return number.toFixed(1);
  return number.toFixed(0);
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
