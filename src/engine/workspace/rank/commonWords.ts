/** English words that say nothing about code, in lower case. */
const proseWords: ReadonlySet<string> = new Set(
  `about all also an and any are be been but by can code could did do does each explain file files find for from function
  functions get give had has have here how if in into is it its me method methods must not of on one only or other our
  please same should show so some such tell than that the their them then there these they this those to use used uses using
  was we were what when where which who why will with work works would you your class classes`.split(/\s+/),
);

/**
 * Words that stand in nearly every file of the common languages. BM25 would weigh them next to nothing, at the cost of
 * scoring every segment.
 */
const keywords: ReadonlySet<string> = new Set(
  `abstract and any as assert async await bool boolean break byte case catch char class const constexpr constructor continue
  def default defer del delete do double elif else end enum except export extends false False final finally float fn for
  from func function get global go goto if impl implements import in include instanceof int integer interface internal is
  lambda let long map match mod module mut namespace new nil None not null number object of or package pass private
  protected pub public raise readonly ref require return self Self set short sizeof static str string struct super switch
  template this throw throws trait true True try type typedef typename typeof undefined union unknown unsigned use using
  var virtual void volatile where while with yield`.split(/\s+/),
);

/** Whether a word is left out of queries about code near a cursor. */
export function isCommonInCode(word: string): boolean {
  return keywords.has(word) || proseWords.has(word.toLowerCase());
}

/** Whether a word is left out of questions. */
export function isCommonInProse(word: string): boolean {
  return proseWords.has(word.toLowerCase());
}
