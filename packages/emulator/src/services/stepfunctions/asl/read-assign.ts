import type { Template } from './definition.ts';
import type { FieldReader } from './field-reader.ts';

/** Source: Step Functions Developer Guide, "Passing data between states with variables", names. */
const nameLengthMax = 80;
const identifier = /^\p{ID_Start}\p{ID_Continue}*$/u;
const reserved = 'states';

/** The variables that an object sets; their names are checked, the expressions are not. */
export const readAssign = (reader: FieldReader): Template | undefined => {
  const assign = reader.object('Assign');
  if (assign === undefined) return undefined;
  for (const name of Object.keys(assign.members)) {
    if (name === reserved)
      assign.problems.schema(`'${reserved}' is a reserved variable name`, assign.location);
    else if (name.length > nameLengthMax || !identifier.test(name))
      assign.problems.schema(
        `'${name}' is not a variable name: it must be an identifier of at most ${String(nameLengthMax)} characters`,
        assign.location,
      );
  }
  return assign.members;
};
