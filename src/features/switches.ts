/** A setting that turns named things on and off, such as `{"*": true, "markdown": false}`. Scopes merge by name. */
export type Switches = Readonly<Partial<Record<string, boolean>>>;

/**
 * Reads a value that a person wrote by hand. What is no switch is left out; a plain list of names switches them on; anything
 * else means that nothing was said.
 */
export function parseSwitches(value: unknown): Switches {
  if (Array.isArray(value)) {
    return Object.fromEntries(value.filter((name) => typeof name === 'string').map((name) => [name, true]));
  }
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === 'boolean'));
}

/** The switch of this name, else that of `*`, else on. */
export function isOn(switches: Switches, name: string): boolean {
  return switches[name] ?? switches['*'] ?? true;
}

export function namesThatAreOn(switches: Switches): string[] {
  return Object.keys(switches).filter((name) => switches[name]);
}
