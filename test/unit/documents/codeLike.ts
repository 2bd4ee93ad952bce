import fc from 'fast-check';

/** Texts with what makes tokenisation hard: blank lines, mixed line breaks, indentation, marks, pairs, other scripts. */
export function codeLike(maxLength: number): fc.Arbitrary<string> {
  const atom = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('return', ' foo', 'x', '(', ')', ' {', '}', ';', ' = ', '\'s', '12', '//', '"', '.', ',', '_') },
    { weight: 5, arbitrary: fc.constantFrom('\n', '\n\n', '\r\n', '\r', '    ', '\t', ' ', '  \n', ';\n\n', '\n   \n') },
    { weight: 1, arbitrary: fc.constantFrom('é', 'e\u0301', '\u0301', '漢字', 'ｶﾞ', '😀', '👩‍💻', '\u00a0', '\u2028', '\u0085', '\ufeff', '\u1100\u1161', '\ud83d') },
    { weight: 1, arbitrary: fc.string({ maxLength: 6, unit: 'binary' }) },
  );
  return fc.array(atom, { maxLength: maxLength / 2, size: 'max' }).map((atoms) => atoms.join('').slice(0, maxLength));
}
