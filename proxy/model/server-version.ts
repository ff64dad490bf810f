/** The version of a server by its greeting: MariaDB before 11 puts `5.5.5-` before it there, for old replicas. */
export function serverVersion(greeted: string): string {
  return greeted.replace(/^5\.5\.5-(?=\d+\.\d+\.\d+-MariaDB)/, "");
}
