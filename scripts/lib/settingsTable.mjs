// The README's table of settings, from package.json: each with its default and the beginning of its description.

export const settingsBegin = '<!-- The table is made of package.json by "npm run readme". -->';
export const settingsEnd = '<!-- End of the table. -->';

const mostCharacters = 170;

/**
 * @param {any} manifest package.json
 * @returns {string} Markdown
 */
export function settingsTable(manifest) {
  const properties = manifest.contributes.configuration.flatMap((/** @type {any} */ group) => Object.entries(group.properties));
  const rows = properties.map(([name, setting]) => `| \`${name}\` | ${defaultOf(setting)} | ${beginning(setting.markdownDescription)}${choices(setting)} |`);
  return ['| setting | default | |', '| --- | --- | --- |', ...rows].join('\n');
}

/**
 * README.md with its table renewed.
 * @param {string} readme
 * @param {any} manifest
 */
export function withSettingsTable(readme, manifest) {
  const begin = readme.indexOf(settingsBegin);
  const end = readme.indexOf(settingsEnd);
  if (begin < 0 || end < begin) throw new Error(`README.md has no place for the table of settings: it stands between "${settingsBegin}" and "${settingsEnd}".`);
  return `${readme.slice(0, begin + settingsBegin.length)}\n${settingsTable(manifest)}\n${readme.slice(end)}`;
}

/** @param {any} setting */
function choices({ enum: values }) {
  return values === undefined ? '' : ` One of ${values.map((/** @type {string} */ value) => `\`${value}\``).join(', ')}.`;
}

/** @param {any} setting */
function defaultOf({ default: value }) {
  if (value === '') return '';
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length > 3 ? `\`${keys.slice(0, 2).join('`, `')}\` and ${keys.length - 2} more` : `\`${JSON.stringify(value).replace(/^"|"$/g, '')}\``;
}

/**
 * As many whole sentences of the first paragraph as make a row, one at least.
 * @param {string} description
 */
function beginning(description) {
  const [paragraph] = description.split('\n\n');
  const sentences = paragraph.split(/(?<=\.) (?=[A-Z`])/);
  let text = sentences[0];
  for (const sentence of sentences.slice(1)) {
    if (text.length + sentence.length > mostCharacters) break;
    text += ` ${sentence}`;
  }
  return text.replaceAll('|', '\\|');
}
