import type { FrameLocator, Page } from 'playwright-core';
import { AskPanel } from './askPanel';
import { MemoryPanel } from './memoryPanel';

/** What a suggestion looked like and how long it took from the last key. */
export interface GhostText {
  readonly text: string;
  readonly milliseconds: number;
}

const macOS = process.platform === 'darwin';
const ghostText = '.monaco-editor .ghost-text-decoration, .monaco-editor .suggest-preview-text';

/** A VS Code window with one file open, handled as a person would: by keys and by what is on the screen. */
export class Editor {
  constructor(private readonly page: Page) {}

  /** Resolves when the file is on the screen. */
  async opened(): Promise<void> {
    await this.page.locator('.monaco-editor .view-line').first().waitFor({ timeout: 90_000 });
  }

  /** Resolves when the extension's status item says that it can complete. */
  async extensionReady(extensionId: string, timeout: number): Promise<void> {
    const items = this.page.locator(`.statusbar-item[id^="${extensionId}"]`);
    await items
      .and(this.page.locator('[aria-label*="ready" i]'))
      .first()
      .waitFor({ timeout })
      .catch(async () => {
        const seen = await Promise.all((await items.all()).map((item) => item.getAttribute('aria-label')));
        throw new Error(`The extension was not ready within ${timeout / 1000} s. Its status item says: ${seen.join(' | ') || '(there is none)'}`);
      });
  }

  /** Shows another file of the workspace, found by its name. */
  async open(name: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+p');
    const input = this.page.locator('.quick-input-widget input').first();
    await input.fill(name);
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: name }).first().waitFor({ timeout: 30_000 });
    await this.page.keyboard.press('Enter');
    await this.page.locator('.tab.active', { hasText: name }).waitFor({ timeout: 30_000 });
    await this.opened();
  }

  async goToEnd(): Promise<void> {
    await this.page.locator('.monaco-editor .view-lines').first().click();
    await this.page.keyboard.press(macOS ? 'Meta+ArrowDown' : 'Control+End');
  }

  /** Types at a person's pace. */
  async type(text: string): Promise<void> {
    for (const [index, line] of text.split('\n').entries()) {
      if (index > 0) await this.page.keyboard.press('Enter');
      await this.page.keyboard.type(line, { delay: 35 });
    }
  }

  /** Runs a command by its title, as a person does in the palette. It is looked for again while extensions are still being loaded. */
  async command(title: string, timeout = 60_000): Promise<void> {
    const end = performance.now() + timeout;
    const found = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    for (;;) {
      await this.page.keyboard.press('F1');
      await this.page.locator('.quick-input-widget input').first().fill(`>${title}`);
      if (await found.waitFor({ timeout: 3_000 }).then(() => true, () => false)) break;
      if (performance.now() > end) throw new Error(`There is no command "${title}" in the palette.`);
      await this.page.keyboard.press('Escape');
    }
    await found.click();
  }

  async chooseTheme(label: string): Promise<void> {
    await this.press('Escape');
    // Keys that are pressed in the page of a preview may not come to the editor.
    await this.page.locator('.part.titlebar').click();
    await this.command('Preferences: Color Theme');
    const input = this.page.locator('.quick-input-widget input').first();
    await input.fill(label);
    await this.page.locator('.quick-input-list .monaco-list-row.focused', { hasText: label }).first().waitFor({ timeout: 30_000 });
    await this.page.keyboard.press('Enter');
  }

  /** Shows the panel that answers questions. */
  async askPanel(): Promise<AskPanel> {
    await this.command('SparseK: Ask About This Repo');
    const panel = new AskPanel(this.page);
    await panel.shown();
    return panel;
  }

  /** Resolves when words are on the screen, outside of the page of a panel. */
  async sees(text: string): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: 60_000 });
  }

  /** Resolves when a quick pick offers something. */
  async menuEntry(text: string): Promise<void> {
    await this.page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().waitFor({ timeout: 30_000 });
  }

  /** Answers the editor's own dialog, in which a path is typed. */
  async chooseFolder(path: string, button: string): Promise<void> {
    const dialog = this.page.locator('.quick-input-widget', { has: this.page.getByRole('button', { name: button, exact: true }) });
    // The dialog writes its own folder into the field some time after it has opened, over what was filled in until then.
    for (let attempt = 1; attempt <= 10; attempt++) {
      await dialog.locator('input').first().fill(`${path}/`);
      await this.page.waitForTimeout(500);
      if ((await dialog.locator('input').first().inputValue()) !== `${path}/`) continue;
      await dialog.getByRole('button', { name: button, exact: true }).click();
      const closed = await dialog.waitFor({ state: 'hidden', timeout: 5000 }).then(() => true, () => false);
      if (closed) return;
    }
    throw new Error(`The dialog did not take ${path}.`);
  }

  memoryPanel(): MemoryPanel {
    return new MemoryPanel(this.page);
  }

  /** The page of a Markdown preview. */
  async markdownPreview(): Promise<FrameLocator> {
    await this.page.locator('.tab', { hasText: /^Preview/ }).first().waitFor({ timeout: 240_000 });
    return this.page.locator('iframe.webview').last().contentFrame().locator('#active-frame').contentFrame();
  }

  async notification(text: RegExp, timeout = 120_000): Promise<void> {
    await this.page.locator('.notification-toast', { hasText: text }).first().waitFor({ timeout });
  }

  async noNotification(text: RegExp, timeout: number): Promise<void> {
    await this.page.locator('.notification-toast', { hasText: text }).first().waitFor({ state: 'detached', timeout });
  }

  /** Presses the button that ends what a notification tells of. */
  async cancelNotification(): Promise<void> {
    await this.page.locator('.notification-toast').getByRole('button', { name: 'Cancel' }).first().click();
  }

  /** The title of the editor in front. */
  async activeTab(title: string): Promise<void> {
    await this.page.locator('.tab.active', { hasText: title }).first().waitFor({ timeout: 30_000 });
  }

  /** The window again, as after closing and opening it. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.opened();
  }

  async press(key: string): Promise<void> {
    await this.page.keyboard.press(key);
  }

  /** Waits for a suggestion. Call it right after the last key: the time is counted from here. */
  async ghostText(timeout: number): Promise<GhostText> {
    const start = performance.now();
    const parts = this.page.locator(ghostText).filter({ visible: true });
    await parts.first().waitFor({ timeout });
    const milliseconds = Math.round(performance.now() - start);
    return { text: await this.ghostLines(), milliseconds };
  }

  /** Takes the suggestion, and resolves when it has become text. */
  async accept(): Promise<void> {
    await this.page.keyboard.press('Tab');
    await this.page.locator('.monaco-editor .ghost-text-decoration').first().waitFor({ state: 'detached', timeout: 10_000 });
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+s');
    await this.page.locator('.tab.active.dirty').waitFor({ state: 'detached', timeout: 10_000 });
  }

  async screenshot(path: string): Promise<void> {
    await this.page.screenshot({ path });
  }

  /** The rest of the cursor's line in one piece, then the lines below it. */
  private async ghostLines(): Promise<string> {
    const first = (await this.page.locator('.monaco-editor .ghost-text-decoration').allTextContents()).join('');
    const rest = await this.page.locator('.monaco-editor .suggest-preview-text > div, .monaco-editor .suggest-preview-text .view-line').allTextContents();
    return [first, ...rest].map(plainSpaces).join('\n').trimEnd();
  }
}

/** The editor draws spaces that do not break. */
function plainSpaces(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}
