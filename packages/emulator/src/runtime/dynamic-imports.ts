/** What `import(...)` in a function's code is called here; in a module's parameters. */
export const importParameter = '__dynamicImport';

const looksLikeImport = /(?<![.\w$])import\s*\(/;
/** After these a slash begins a regular expression. */
const beforeExpression =
  /(?:^|[([{,;:=!&|?+\-*%<>~^}]|\b(?:return|typeof|case|in|of|do|else|void|await|yield))\s*$/;

/**
 * Names `import(...)` anew, so that it reaches the function's own modules: what V8 compiles as a function body would ask the
 * emulator's own loader. Strings, templates, comments and regular expressions stay as they are.
 */
export function renameDynamicImports(source: string): string {
  if (!looksLikeImport.test(source)) return source;
  let written = '';
  // Depths of braces at which the text of a template goes on.
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  while (at < source.length) {
    const rest = source.slice(at, at + 2);
    const sign = source.charAt(at);
    if (sign === '{') depth += 1;
    const closesTemplate = sign === '}' && templates.at(-1) === depth;
    if (sign === '}') depth -= 1;
    let end = at + 1;
    if (rest === '//') end = indexOrEnd(source, '\n', at);
    else if (rest === '/*') end = indexOrEnd(source, '*/', at + 2) + 2;
    else if (sign === '"' || sign === "'") end = endOfQuoted(source, at + 1, sign);
    else if (sign === '/' && beforeExpression.test(written.slice(-20)))
      end = endOfExpression(source, at + 1);
    else if (sign === '`' || closesTemplate) {
      if (closesTemplate) templates.pop();
      end = endOfTemplateText(source, at + 1);
      if (source.charAt(end - 1) === '{') templates.push((depth += 1));
    } else if (/[\w$]/.test(sign)) {
      const word = /^[\w$]+/.exec(source.slice(at, at + 200))?.[0] ?? sign;
      end = at + word.length;
      const isImport =
        word === 'import' && /^\s*\(/.test(source.slice(end, end + 50)) && !/\.\s*$/.test(written);
      if (isImport) {
        written += importParameter;
        at = end;
        continue;
      }
    }
    written += source.slice(at, end);
    at = end;
  }
  return written;
}

const indexOrEnd = (source: string, text: string, from: number): number => {
  const found = source.indexOf(text, from);
  return found < 0 ? source.length : found;
};

function endOfQuoted(source: string, from: number, quote: string): number {
  let at = from;
  while (at < source.length && source.charAt(at) !== quote)
    at += source.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function endOfExpression(source: string, from: number): number {
  let at = from;
  let inClass = false;
  while (at < source.length && (inClass || source.charAt(at) !== '/')) {
    const sign = source.charAt(at);
    if (sign === '[') inClass = true;
    if (sign === ']') inClass = false;
    at += sign === '\\' ? 2 : 1;
  }
  return at + 1;
}

/** Behind the end of a template, or behind the `${` that interrupts it. */
function endOfTemplateText(source: string, from: number): number {
  let at = from;
  while (at < source.length && source.charAt(at) !== '`') {
    if (source.startsWith('${', at)) return at + 2;
    at += source.charAt(at) === '\\' ? 2 : 1;
  }
  return at + 1;
}
