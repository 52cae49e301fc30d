import { MalformedPolicy } from '../../iam/malformed-policy.ts';
import type { CompiledPolicy } from '../../iam/compiled-policy.ts';
import { compilePolicy, type CompileOptions } from '../../iam/policy-document.ts';
import type { World } from '../../world/world.ts';
import { iamState, type Role, type User } from './state.ts';

/**
 * A policy whose principals are bound to the users and roles that they named when it was written: a user or role
 * that is deleted and made again under its old name is somebody else.
 *
 * Source: IAM User Guide, "AWS JSON policy elements: Principal".
 */
export interface BoundPolicy {
  readonly compiled: CompiledPolicy;
  /** The document with names where they still mean the same and unique ids where they do not. */
  show(): string;
}

const userOrRoleArn = /^arn:aws:iam::(\d{12}):(user|role)\/(?:[^*?]*\/)?([^/*?]+)$/;
const sessionArn = /^arn:aws:sts::(\d{12}):assumed-role\/([^/*?]+)\/[^*?]+$/;
const accountPrincipal = /^(?:arn:aws:iam::)?(\d{12})(?::root)?$/;
const uniqueId = /^A(?:IDA|ROA)[A-Z0-9]{8,}$/;

/**
 * Compiles a trust or resource policy whose principals must exist.
 *
 * @param document JSON text
 * @throws MalformedPolicy for a malformed document and for a principal that does not exist
 */
export function bindPolicy(
  world: World,
  document: string,
  options: Exclude<CompileOptions, { kind: 'identity' }>,
): BoundPolicy {
  // Tells what is wrong with the text before anybody is looked up.
  compilePolicy(document, options);
  const parsed: unknown = JSON.parse(document);
  const ids = new Map<string, string>();
  const bound = mapAwsPrincipals(parsed, (name) => {
    const id = identify(world, name);
    if (id !== undefined && id !== name) ids.set(id, name);
    return id ?? name;
  });
  return {
    compiled: compilePolicy(JSON.stringify(bound), options),
    show: () =>
      JSON.stringify(
        mapAwsPrincipals(bound, (name) => {
          const arn = ids.get(name);
          return arn !== undefined && findIdentity(world, arn)?.id === name ? arn : name;
        }),
      ),
  };
}

/** The unique id that stands for a principal from now on; undefined where the name itself is kept. */
function identify(world: World, name: string): string | undefined {
  const invalid = (): MalformedPolicy =>
    new MalformedPolicy(`Invalid principal in policy: "AWS":"${name}"`);
  const account = accountPrincipal.exec(name)?.[1];
  if (account !== undefined) {
    if (!world.directory.get(account)) throw invalid();
    return undefined;
  }
  const session = sessionArn.exec(name);
  if (session) {
    const [, sessionAccount = '', roleName = ''] = session;
    const role = rolesOf(world, sessionAccount).get(roleName.toLowerCase());
    if (role?.effective.at(world.scheduler.now) === undefined) throw invalid();
    return undefined;
  }
  if (uniqueId.test(name)) {
    if (!isKnownId(world, name)) throw invalid();
    return name;
  }
  if (!userOrRoleArn.test(name)) return undefined;
  const identity = findIdentity(world, name);
  if (identity?.effective.at(world.scheduler.now) === undefined) throw invalid();
  return identity.id;
}

/** The user or role behind an ARN, its path included. */
export function findIdentity(world: World, arn: string): User | Role | undefined {
  const [, account = '', kind, name = ''] = userOrRoleArn.exec(arn) ?? [];
  if (kind === undefined) return undefined;
  const state = iamState.in(world.scope(account, 'us-east-1', 'iam'));
  const found = (kind === 'user' ? state.users : state.roles).get(name.toLowerCase());
  return found?.arn === arn ? found : undefined;
}

const rolesOf = (world: World, account: string): ReadonlyMap<string, Role> =>
  iamState.in(world.scope(account, 'us-east-1', 'iam')).roles;

const isKnownId = (world: World, id: string): boolean =>
  iamState
    .all(world)
    .some(({ state }) => state.effective.get(id)?.at(world.scheduler.now) !== undefined);

/** Replaces every name under `Principal.AWS` and `NotPrincipal.AWS`. */
function mapAwsPrincipals(document: unknown, replace: (name: string) => string): unknown {
  const policy = fieldsOf(document);
  const statements = policy['Statement'];
  return {
    ...policy,
    Statement: Array.isArray(statements)
      ? statements.map((statement: unknown) => mapStatement(statement, replace))
      : mapStatement(statements, replace),
  };
}

function mapStatement(statement: unknown, replace: (name: string) => string): unknown {
  return Object.fromEntries(
    Object.entries(fieldsOf(statement)).map(([key, value]) => {
      if ((key !== 'Principal' && key !== 'NotPrincipal') || value === '*') return [key, value];
      return [
        key,
        Object.fromEntries(
          Object.entries(fieldsOf(value)).map(([kind, names]) => [
            kind,
            kind === 'AWS' ? mapNames(names, replace) : names,
          ]),
        ),
      ];
    }),
  );
}

const mapNames = (names: unknown, replace: (name: string) => string): unknown =>
  Array.isArray(names)
    ? names.map((name: unknown) => (name === '*' ? name : replace(String(name))))
    : names === '*'
      ? names
      : replace(String(names));

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
