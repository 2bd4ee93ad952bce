import type { FromPage } from '../messages';

/** Gives every code block its actions. */
export function addCodeActions(root: ParentNode, send: (message: FromPage) => void): void {
  for (const block of root.querySelectorAll('pre')) {
    const code = block.querySelector('code') ?? block;
    const text = code.textContent;
    const language = /\blanguage-([\w+#-]+)/.exec(code.className)?.[1] ?? '';
    const actions = document.createElement('div');
    actions.className = 'actions';
    actions.setAttribute('role', 'group');
    actions.setAttribute('aria-label', 'Code');
    actions.append(
      action('Copy', 'Copy the code', () => send({ kind: 'copy', text })),
      action('Insert', 'Insert the code at the cursor', () => send({ kind: 'insertCode', text })),
      action('Open', 'Open the code in an editor', () => send({ kind: 'openCode', text, language })),
    );
    const frame = document.createElement('div');
    frame.className = 'codeBlock';
    block.replaceWith(frame);
    block.tabIndex = 0;
    frame.append(block, actions);
  }
}

export function action(label: string, title: string, run: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'action';
  button.textContent = label;
  button.title = title;
  button.setAttribute('aria-label', title);
  button.addEventListener('click', run);
  return button;
}
