/** What is typed into the sample workspace before the model is waited for. */
export interface Scene {
  readonly name: string;
  /** From the workspace's root. */
  readonly file: string;
  readonly typed: string;
}

/** The function's body is the model's: it has to find the class's methods and the file's own helpers. */
export const typescriptScene: Scene = {
  name: 'typescript',
  file: 'src/report.ts',
  typed: '\n// The items that cost more than a price.\nexport function expensiveItems(inventory: Inventory, priceInCents: number): Item[] {\n',
};

/** In the same file again: all but the last lines has been read before. */
export const againScene: Scene = {
  name: 'again',
  file: 'src/report.ts',
  typed: '\n\n// How many kinds of item the shop has.\nexport function countItems(inventory: Inventory): number {\n',
};

export const pythonScene: Scene = {
  name: 'python',
  file: 'tools/sales.py',
  typed: '\n\ndef total_revenue(sales: list[Sale]) -> int:\n',
};
