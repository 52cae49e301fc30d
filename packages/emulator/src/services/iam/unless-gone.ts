import { isAwsError } from '../../world/aws-error.ts';

/** Waits for a removal; what is gone already is removed. */
export async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isAwsError(error, 'NoSuchEntity')) throw error;
  }
}
