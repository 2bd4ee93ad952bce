import createDOMPurify from 'dompurify';
import highlighter from 'highlight.js/lib/common';
import MarkdownIt from 'markdown-it';
import { visibleText } from './visibleText';

/** A model's text is a stranger's: no HTML, no links, no images. What may be opened is added afterwards, from what was checked. */
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, highlight: highlight })
  .disable(['link', 'image', 'autolink', 'html_inline', 'html_block', 'reference']);

const allowed = {
  ALLOWED_TAGS: ['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 's', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code', 'span', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ALLOWED_ATTR: ['class', 'start'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
} as const;

/** The elements of a text that nobody has checked. Nothing in them can run, load or lead anywhere. */
export function render(text: string): DocumentFragment {
  const purifier = createDOMPurify(window);
  return purifier.sanitize(markdown.render(visibleText(text)), { ...allowed, ALLOWED_TAGS: [...allowed.ALLOWED_TAGS], ALLOWED_ATTR: [...allowed.ALLOWED_ATTR] });
}

function highlight(code: string, language: string): string {
  if (!highlighter.getLanguage(language)) return '';
  return highlighter.highlight(code, { language, ignoreIllegals: true }).value;
}
