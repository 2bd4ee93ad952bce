/**
 * Words that stand in nearly every file of the common languages. BM25 would weigh them next to nothing, at the cost of
 * scoring every segment.
 */
export const keywords: ReadonlySet<string> = new Set(
  `abstract and any as assert async await bool boolean break byte case catch char class const constexpr constructor continue
  def default defer del delete do double elif else end enum except export extends false False final finally float fn for
  from func function get global go goto if impl implements import in include instanceof int integer interface internal is
  lambda let long map match mod module mut namespace new nil None not null number object of or package pass private
  protected pub public raise readonly ref require return self Self set short sizeof static str string struct super switch
  template this throw throws trait true True try type typedef typename typeof undefined union unknown unsigned use using
  var virtual void volatile where while with yield`.split(/\s+/),
);
