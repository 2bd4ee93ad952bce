import type { Node } from '@vscode/tree-sitter-wasm';

// Grammars name their nodes alike: `function_declaration`, `function_definition`, `function_item`, `method`.
const functionTypes = /function|method|closure|lambda|constructor|destructor|accessor|func_literal|do_block/;
const declarationTypes =
  /(declaration|definition|signature|_item|_spec|specifier|enumerator|enum_constant|enum_assignment)$|^(method|singleton_method|class|module|export_statement)$/;

/** Whether names declared inside are local to it. */
export function isFunction(node: Node): boolean {
  return functionTypes.test(node.type);
}

export function isDeclaration(node: Node): boolean {
  return declarationTypes.test(node.type);
}
