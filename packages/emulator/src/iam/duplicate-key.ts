/**
 * The first key that one object of a JSON text holds twice, or undefined. `JSON.parse` keeps the last one
 * silently, where IAM refuses the policy.
 *
 * @param json a text that `JSON.parse` accepts
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language", notes.
 */
export function duplicateKey(json: string): string | undefined {
  const scopes: Set<string>[] = [];
  for (const [token, key] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') scopes.push(new Set());
    else if (token === '}' || token === ']') scopes.pop();
    else if (key !== undefined) {
      const name = String(JSON.parse(key));
      const scope = scopes.at(-1);
      if (scope?.has(name)) return name;
      scope?.add(name);
    }
  }
  return undefined;
}
