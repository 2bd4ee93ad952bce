import type { Locator, Page } from 'playwright-core';

/** What a person sees of the model's memory: shades on the lines, and a list at the side. */
export class MemoryPanel {
  constructor(private readonly page: Page) {}

  /** Parts of lines that are drawn with a shade, of those on the screen. */
  get shades(): Locator {
    return this.page.locator('.monaco-editor .cdr[class*="TextEditorDecorationType"]');
  }

  row(text: string): Locator {
    return this.page.locator('.pane-body .monaco-list-row', { hasText: text }).first();
  }

  /** Points at lines in the middle of the screen, one after the other. @returns what the editor says of the first that has text */
  async hover(): Promise<string> {
    const hover = this.page.locator('.monaco-hover', { hasText: 'this line' }).filter({ visible: true }).first();
    const box = await this.page.locator('.monaco-editor .view-lines').first().boundingBox();
    for (let tries = 0; box !== null && tries < 12; tries++) {
      await this.page.mouse.move(0, 0);
      await this.page.mouse.move(box.x + 60, 300 + 19 * tries, { steps: 4 });
      if (await hover.waitFor({ timeout: 3_000 }).then(() => true, () => false)) return hover.innerText();
    }
    throw new Error('Pointing at the lines showed nothing.');
  }
}
