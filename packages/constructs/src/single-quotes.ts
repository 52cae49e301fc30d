import ts from 'typescript';

/**
 * Puts the strings of a script between single quotes where that takes no escape. A template is JSON, which makes two bytes of
 * every double quote, and the minifier has no other choice to offer.
 */
export const withSingleQuotes = (script: string): string => {
  const source = ts.createSourceFile('script.js', script, ts.ScriptTarget.Latest);
  const parts: string[] = [];
  let copied = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) {
      const text = script.slice(node.getStart(source) + 1, node.end - 1);
      if (/['\\]/.test(text)) return;
      parts.push(script.slice(copied, node.getStart(source)), `'${text}'`);
      copied = node.end;
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...parts, script.slice(copied)].join('');
};
