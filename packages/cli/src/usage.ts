import { sizeLimits } from './size-limits.ts';

const { plain, demo } = sizeLimits;
const golden = 'npx -y pnpm@12.21.0 golden';

/** What each `--help` says, by the words of the command. */
export const usage = {
  golden: `${golden} <command>

  emulator            starts an embedded AWS that the AWS CLI, boto3 and the SDKs can use, and stays up
  emulator advance    moves the clock of a running one
  emulator dump       writes what stands in a running one as JSON

Each command has its own --help.

Examples:
  ${golden} emulator
  ${golden} emulator advance 30m
  ${golden} emulator dump --out state.json`,

  emulator: `${golden} emulator [--port N] [--seed TEXT] [--accounts N] [--regions N] [--demo]

Starts an embedded AWS on 127.0.0.1: an organization with a management account, an infra account and workload accounts in two
units, each with default VPCs. It prints one JSON object, with the endpoint and the access key of every account, and stays up in
real time until Ctrl-C. Messages go to the other stream.

  --port N        where it listens (default 4566; 0 takes any free port)
  --seed TEXT     ids, keys and everything random follow from it (default 1)
  --accounts N    workload accounts (${plain.accounts.min} to ${plain.accounts.max}, with --demo ${demo.accounts.min} to ${demo.accounts.max}; default ${plain.accounts.usual})
  --regions N     Regions with default VPCs, of eu-west-1, eu-central-1, eu-north-1, us-east-1
                  (${plain.regions.min} to ${plain.regions.max}, with --demo ${demo.regions.min} to ${demo.regions.max}; default ${plain.regions.usual})
  --demo          the product is deployed, customers have their groups, and one good image has been rolled out

Examples:
  ${golden} emulator
  ${golden} emulator --port 0 --accounts 2 --regions 1 > emulator.json
  ${golden} emulator --demo --accounts 3 --regions 1

In another terminal, with an access key from what it printed:
  export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_DEFAULT_REGION=eu-west-1
  export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...
  aws sts get-caller-identity`,

  advance: `${golden} emulator advance DURATION [--port N]

Lets time pass at once in a running emulator: everything that falls due within runs, in order. Prints the new time as JSON.

  DURATION        a whole number with its unit, such as 90s, 30m, 2h or 1d; at most 366d
  --port N        where the emulator listens (default 4566)

Examples:
  ${golden} emulator advance 30m
  ${golden} emulator advance 1d --port 4567`,

  dump: `${golden} emulator dump [--port N] [--out FILE] [--journal]

Writes what stands in a running emulator as JSON: clock, accounts, stacks with outputs and resources, Auto Scaling groups, images,
alarms, and how many calls and events there were.

  --port N        where the emulator listens (default 4566)
  --out FILE      writes there instead of to the standard output
  --journal       every call and every event instead, one JSON object a line

Examples:
  ${golden} emulator dump
  ${golden} emulator dump --journal --out journal.jsonl`,
} as const;

export type Topic = keyof typeof usage;
