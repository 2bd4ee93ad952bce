import type { Place, Reference } from '../../protocol';

/** Turns what a text refers to into buttons: outside of code blocks only, and only what was found in the workspace. */
export function linkPlaces(root: ParentNode & Node, references: readonly Reference[], open: (place: Place) => void): void {
  const byText = new Map(references.map((reference) => [reference.text, reference]));
  for (const code of root.querySelectorAll('code')) {
    const reference = code.closest('pre') === null ? byText.get(code.textContent) : undefined;
    if (reference === undefined) continue;
    const button = placeButton(reference, code.textContent, open);
    button.classList.add('code');
    code.replaceWith(button);
  }
  if (byText.size === 0) return;
  // The longest first: `src/a.ts:12` is not `src/a.ts`.
  const pattern = new RegExp([...byText.keys()].sort((a, b) => b.length - a.length).map((text) => `(?<![\\w./-])${escape(text)}(?!\\w|:\\d)`).join('|'), 'g');
  for (const node of textNodes(root)) replaceIn(node, pattern, byText, open);
}

/** @param label what is shown */
export function placeButton(place: Place, label: string, open: (place: Place) => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'place';
  button.textContent = label;
  button.title = `${place.path}:${place.startLine}`;
  button.setAttribute('aria-label', `${label}, open ${place.path} line ${place.startLine}`);
  button.addEventListener('click', () => open(place));
  return button;
}

function textNodes(root: Node): Text[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node instanceof Text && node.parentElement?.closest('pre, code, button') === null) nodes.push(node);
  }
  return nodes;
}

function replaceIn(node: Text, pattern: RegExp, byText: ReadonlyMap<string, Reference>, open: (place: Place) => void): void {
  const text = node.data;
  const pieces: (string | Node)[] = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const reference = byText.get(match[0]);
    if (reference === undefined) continue;
    pieces.push(text.slice(end, match.index), placeButton(reference, match[0], open));
    end = match.index + match[0].length;
  }
  if (pieces.length > 0) node.replaceWith(...pieces, text.slice(end));
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
