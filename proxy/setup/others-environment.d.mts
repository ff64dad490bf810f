export function othersEnvironment(environment?: Readonly<Record<string, string | undefined>>): Record<string, string | undefined>;
