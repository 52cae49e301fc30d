import type { Table, Written } from '../aws/table.ts';
import type { ClaimId, ImageLine } from '../model/ids.ts';
import type { VersionNumber } from '../model/image-version.ts';
import { GoldenError } from '../model/golden-error.ts';
import type { ClaimRecord, LineRecord, Upload, VersionRecord } from '../model/records.ts';
import { canMove } from '../model/version-state.ts';
import type { VersionMove } from '../plan/version-changes.ts';
import { claimSchema, lineSchema, parseStored, versionSchema } from './stored-schemas.ts';

/** What is known about one line: its counter, the requests that reached it and its versions. */
export interface VersionStore {
  line(): Promise<LineRecord>;
  claim(claimId: ClaimId): Promise<ClaimRecord | undefined>;
  version(n: VersionNumber): Promise<VersionRecord | undefined>;
  /** Highest n first. */
  newestVersions(versionsMax: number): Promise<VersionRecord[]>;

  /** Gives the number `n` to a claim, if the counter is still as it was read. */
  reserve(reservation: {
    before: LineRecord;
    n: VersionNumber;
    claimId: ClaimId;
    upload?: Upload;
  }): Promise<Written>;
  recordClaim(claim: ClaimRecord): Promise<Written>;
  renumberClaim(change: {
    claimId: ClaimId;
    from: VersionNumber;
    to: VersionNumber;
  }): Promise<Written>;
  createVersion(version: VersionRecord): Promise<Written>;
  /** @throws GoldenError `value-invalid` for a move that the transition table does not have */
  moveVersion(move: VersionMove): Promise<Written>;
  noteRecipe(recipe: { n: VersionNumber; recipeArn: string }): Promise<Written>;

  noteVersionNotice(notice: { n: VersionNumber; notice: string; at: string }): Promise<Written>;
  noteClaimNotice(notice: { claimId: ClaimId; at: string }): Promise<Written>;
  noteQuotaNotice(at: string): Promise<Written>;
}

export const makeVersionStore = (table: Table, line: ImageLine): VersionStore => {
  const pk = `LINE#${line}`;
  const lineKey = { pk, sk: 'LINE' };
  const claimKey = (claimId: ClaimId) => ({ pk, sk: `CLAIM#${claimId}` });
  const versionKey = (n: VersionNumber) => ({ pk, sk: versionSortKey(n) });

  return {
    line: async () => parseStored(lineSchema, (await table.get(lineKey)) ?? {}),

    claim: async (claimId) => {
      const item = await table.get(claimKey(claimId));
      if (item === undefined) return undefined;
      const claim = parseStored(claimSchema, item);
      if (claim.decision === 'accepted') return claim;
      const { expiresAt, ...refused } = claim;
      return { ...refused, expiresAtEpochSeconds: expiresAt };
    },

    version: async (n) => {
      const item = await table.get(versionKey(n));
      return item === undefined ? undefined : parseStored(versionSchema, item);
    },

    newestVersions: async (versionsMax) => {
      const query = { pk, skPrefix: 'VERSION#', itemsMax: versionsMax };
      const items = await table.newestFirst(query);
      return items.map((item) => parseStored(versionSchema, item));
    },

    reserve: ({ before, n, claimId, upload }) =>
      table.update({
        key: lineKey,
        set: {
          highestN: n,
          highestClaimId: claimId,
          ...(upload === undefined ? {} : { newestUpload: orderOf(upload) }),
        },
        // The first claim of a line finds no counter; every later one must find the one it has read.
        onlyIf: { highestN: before.highestN === 0 ? undefined : before.highestN },
      }),

    recordClaim: (claim) => table.putIfAbsent(claimKey(claim.claimId), claimItem(claim)),

    renumberClaim: ({ claimId, from, to }) =>
      table.update({ key: claimKey(claimId), set: { n: to }, onlyIf: { n: from } }),

    createVersion: ({ noticeDue, ...version }) =>
      table.putIfAbsent(versionKey(version.n), {
        ...version,
        payload: { ...version.payload },
        ...(noticeDue === undefined ? {} : { noticeDue: { ...noticeDue } }),
      }),

    moveVersion: ({ n, from, to, at, facts = {} }) => {
      if (!canMove(from, to)) {
        throw new GoldenError({
          code: 'value-invalid',
          message: `a version does not go from ${from} to ${to}; see the transition table`,
        });
      }
      const { noticeDue, ...others } = facts;
      return table.update({
        key: versionKey(n),
        set: {
          ...others,
          state: to,
          [`reachedAt.${to}`]: at,
          ...(noticeDue === undefined ? {} : { noticeDue: { ...noticeDue } }),
        },
        onlyIf: { state: from },
      });
    },

    noteRecipe: ({ n, recipeArn }) =>
      table.update({ key: versionKey(n), set: { recipeArn }, onlyIf: { state: 'claimed' } }),

    noteVersionNotice: ({ n, notice, at }) =>
      table.update({ key: versionKey(n), set: { [`noticedAt.${notice}`]: at }, onlyIf: { n } }),

    noteClaimNotice: ({ claimId, at }) =>
      table.update({ key: claimKey(claimId), set: { noticedAt: at }, onlyIf: { claimId } }),

    noteQuotaNotice: (at) =>
      table.update({ key: lineKey, set: { recipeQuotaNoticedAt: at }, onlyIf: {} }),
  };
};

const claimItem = (claim: ClaimRecord) => {
  if (claim.decision === 'accepted') return { ...claim, payload: { ...claim.payload } };
  const { expiresAtEpochSeconds, ...refused } = claim;
  // `expiresAt` is the attribute that the table's time to live looks at.
  return { ...refused, upload: { ...claim.upload }, expiresAt: expiresAtEpochSeconds };
};

/** Ten digits hold the highest number there can be, so the text order is the order of the numbers. */
const versionSortKey = (n: VersionNumber): string => `VERSION#${String(n).padStart(10, '0')}`;

const orderOf = ({ bucket, key, uploadedAt, sequencer }: Upload) => ({
  bucket,
  key,
  uploadedAt,
  sequencer,
});
