import { describe, expect, it } from '@jest/globals';
import { renameDynamicImports } from './dynamic-imports.ts';

const here = '__dynamicImport';

describe('an import() in code', () => {
  it.each([
    ['const a = await import("x");', `const a = await ${here}("x");`],
    ['f(import ( name ))', `f(${here} ( name ))`],
    ['`a ${await import(`b${1}`)} c`', `\`a \${await ${here}(\`b\${1}\`)} c\``],
    ['const r = /["\'/]/; import("x")', `const r = /["'/]/; ${here}("x")`],
    ['x = a / b; import("x") / 2', `x = a / b; ${here}("x") / 2`],
    ['if (a) { b = `}` } import("x")', `if (a) { b = \`}\` } ${here}("x")`],
  ])('is renamed: %s', (source, renamed) => {
    expect(renameDynamicImports(source)).toBe(renamed);
  });

  it.each([
    '"import(x)"',
    "'it\\'s import(x)'",
    '// import(x)\n1',
    '/* import(x) */',
    '/import(x)/.test(a)',
    '`import(x)`',
    'a.import(x)',
    'reimport(x)',
  ])('is left alone where it is none: %s', (source) => {
    expect(renameDynamicImports(source)).toBe(source);
  });
});
