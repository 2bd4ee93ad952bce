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
  typed: '\n// The items to order again, one a line.\nexport function orderList(inventory: Inventory, minimum: number): string {\n',
};

export const pythonScene: Scene = {
  name: 'python',
  file: 'tools/sales.py',
  typed: '\n\ndef total_revenue(sales: list[Sale]) -> int:\n',
};
