const nobody = 65_534;

/** Runs something without the powers of root, to whom no folder is closed. Anyone else is an ordinary user already. */
export async function asOrdinaryUser<T>(use: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return use();
  process.seteuid?.(nobody);
  try {
    return await use();
  } finally {
    process.seteuid?.(0);
  }
}
