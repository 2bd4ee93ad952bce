import { wordsOf } from '../../../workspace';

/** What people say, and what code calls it. Stems of words meet by themselves. */
const thesaurus: readonly (readonly [said: string, written: string])[] = [
  ['rejected refused denied disallowed forbidden complained complains wrong', 'error invalid throw raise fail'],
  ['message reported says tells', 'error message'],
  ['largest biggest longest highest most maximum many much large', 'max limit'],
  ['smallest lowest fewest shortest minimum least', 'min'],
  ['unless otherwise normally usually', 'default'],
  ['long seconds milliseconds minutes duration pause wait span', 'time timeout duration delay'],
  ['tries tried again repeatedly attempts', 'retry attempt'],
  ['fetched stored kept saved remembered', 'cache store'],
  ['order sorted place position', 'sort compare index'],
  ['identical twice same duplicated', 'duplicate'],
  ['folders folder', 'dir directory path'],
  ['spellings spelled capital letter letters lowercase uppercase', 'case upper lower'],
  ['identifiers identifier label labels called', 'id name key'],
  ['digits numeral numbered', 'number digit'],
  ['characters text textual', 'char string'],
  ['placeholder placeholders fill', 'format field argument'],
  ['empty missing nothing absent lacks lack', 'null none empty missing'],
  ['parameter parameters option options', 'arg argument flag param'],
  ['exact exactly', 'equal'],
  ['written output', 'write serialize'],
  ['read parsing decoding', 'read parse deserialize decode'],
  ['memory stack reserved capacity advance', 'alloc buffer capacity size'],
  ['grow grows', 'grow capacity size'],
  ['success succeed answers', 'status ok valid'],
  ['server request client', 'request response'],
  ['skipped left out omitted', 'ignore skip exclude'],
  ['environment', 'env'],
  ['replaced escaped', 'replace escape'],
];

const bySaid = new Map(thesaurus.flatMap(([said, written]) => said.split(' ').flatMap(wordsOf).map((word) => [word, written.split(' ')] as const)));

/** Words that code may have where a question has others. */
export function writtenFor(question: string): string[] {
  const words = question.split(/[^\p{L}]+/u).flatMap(wordsOf);
  return [...new Set(words.flatMap((word) => bySaid.get(word) ?? []))];
}
