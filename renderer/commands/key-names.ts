const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? "");

/** A tinykeys binding as it is printed on keys, e.g. `Ctrl K`, `⌘K`, `g then l`. */
export function keyNames(binding: string, mac = isMac): string {
  return binding
    .split(" ")
    .map((press) => {
      const names = press.split("+").map((key) => keyName(key, mac));
      return press.endsWith("?") ? "?" : names.join(mac ? "" : " ");
    })
    .join(" then ");
}

function keyName(key: string, mac: boolean): string {
  if (key === "$mod") return mac ? "⌘" : "Ctrl";
  if (key === "Shift") return mac ? "⇧" : "Shift";
  return key.length === 1 ? key.toUpperCase() : key;
}
