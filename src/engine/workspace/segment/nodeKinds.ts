import type { Node } from '@vscode/tree-sitter-wasm';

// Grammars name their nodes alike: `function_declaration`, `function_definition`, `function_item`, `method`.
const functionTypes = /function|method|closure|lambda|constructor|destructor|accessor|func_literal|do_block/;
const declarationEndings =
  'declaration|definition|signature|_item|_spec|specifier|enumerator|enum_constant|enum_variant|enum_assignment';
const declarationTypes = new RegExp(
  `(${declarationEndings})$|^(method|singleton_method|class|module|export_statement|pair)$`,
);
const conditionTypes = /^(if_statement|try_statement|preproc_if|preproc_ifdef)$/;

/** Whether names declared inside are local to it. */
export function isFunction(node: Node): boolean {
  return functionTypes.test(node.type);
}

/**
 * Whether a node declares something: by its type (a named entry of an object too), as a Python class's attribute, as a
 * condition around declarations (`if TYPE_CHECKING:`, `#ifdef`), or as a call that gives code a place of its own, such as
 * `it('…', () => {…})`.
 *
 * @param local inside a function; a variable there is a step of the function, a function or class still a declaration
 */
export function isDeclaration(node: Node, local: boolean): boolean {
  if (declarationTypes.test(node.type)) return !local || isFunction(node) || node.type.includes('class');
  if (local) return false;
  const expression = node.type === 'expression_statement' ? node.namedChild(0) : null;
  return conditionTypes.test(node.type) || expression?.type === 'assignment' || takesCallback(expression);
}

/** Whether a function is an argument of a call: what a suite's or a module wrapper's callback holds is not local to it. */
export function isCallback(node: Node): boolean {
  return isFunction(node) && node.parent?.type === 'arguments';
}

function takesCallback(node: Node | null): boolean {
  const call = node?.type === 'await_expression' ? node.namedChild(0) : node;
  const parameters = call?.childForFieldName('arguments');
  const last = parameters?.namedChild(parameters.namedChildCount - 1);
  return last !== null && last !== undefined && isFunction(last);
}
