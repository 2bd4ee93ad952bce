import type { FrameLocator, Locator, Page } from 'playwright-core';

/** The panel that answers questions, handled as a person would: by its fields and buttons. */
export class AskPanel {
  private readonly frame: FrameLocator;

  constructor(private readonly page: Page) {
    this.frame = page.frameLocator('iframe.webview').frameLocator('#active-frame');
  }

  async shown(): Promise<void> {
    await this.question.waitFor({ timeout: 60_000 });
  }

  get question(): Locator {
    return this.frame.locator('#question');
  }

  /** Of the last answer. */
  get sources(): Locator {
    return this.last.locator('.source');
  }

  get answer(): Locator {
    return this.last.locator('.answer');
  }

  get note(): Locator {
    return this.last.locator('.note');
  }

  get turns(): Locator {
    return this.frame.locator('article');
  }

  /** The files that are offered behind an `@`. */
  get mentions(): Locator {
    return this.frame.locator('#mentions [role=option]');
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name });
  }

  /** By what a screen reader is told. */
  named(role: 'log' | 'article' | 'list' | 'combobox' | 'button', name: string): Locator {
    return this.frame.getByRole(role, { name });
  }

  /** What a screen reader is told of the control that has the focus. */
  async focused(): Promise<string> {
    return (await this.frame.locator(':focus').getAttribute('aria-label')) ?? '';
  }

  /** Controls that have neither text nor a label. */
  get unnamed(): Locator {
    return this.frame.locator('button:empty:not([aria-label]), textarea:not([aria-label]), [tabindex]:empty:not([aria-label])');
  }

  /** Everything that is on the page, whatever it is. */
  all(selector: string): Locator {
    return this.frame.locator(selector);
  }

  /** Asks with the keyboard alone. */
  async ask(question: string): Promise<void> {
    const before = await this.turns.count();
    await this.question.click();
    await this.page.keyboard.type(question);
    await this.page.keyboard.press('Enter');
    await this.turns.nth(before).waitFor({ timeout: 30_000 });
  }

  /** Resolves when the answer has its first words. */
  async hasText(timeout = 90_000): Promise<void> {
    await this.answer.filter({ hasText: /\S/ }).waitFor({ timeout });
  }

  async isDone(timeout = 120_000): Promise<void> {
    await this.last.locator('.answer[aria-busy=false]').waitFor({ timeout });
  }

  private get last(): Locator {
    return this.turns.last();
  }
}
