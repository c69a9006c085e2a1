import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KubeSecureError } from '#core/error.ts';
import { type Hosts, listHosts } from './addresses.ts';
import { startCapture } from './capture.ts';
import { createCommands, type Service } from './commands.ts';
import type { LabKind } from './lab-kind.ts';
import { createNetwork, type NetworkOptions } from './network.ts';
import { type CarriedOut, observe } from './observe.ts';
import type { Outside } from './outside.ts';
import { play } from './play.ts';
import type { Random } from './random.ts';
import type { Lab, Plan } from './scenario.ts';
import { createScratch } from './scratch.ts';
import { drawAccounts } from './servers/accounts.ts';
import type { Path } from './relay/paths.ts';
import { startServers } from './servers/start.ts';
import { Truth } from './truth.ts';

/** What `runPlan` needs beside the plan. */
interface RunOptions {
  readonly scenario: string;
  readonly family: Truth['family'];
  readonly seed: number;
  readonly lab: LabKind;
  readonly hosts: Hosts;
  /** Draws the servers' content and settings. */
  readonly random: Random;
  readonly network: NetworkOptions;
  /** Used where `hosts` has machines outside. */
  readonly outside: Outside;
  /** Bytes kept of each frame. */
  readonly snaplen: number;
  /** Where capture and truth go; their folders are made. */
  readonly capturePath: string;
  readonly truthPath: string;
  readonly signal: AbortSignal;
}

/**
 * Builds a lab, plays the plan in it, writes capture and truth, and removes the lab, whatever happens. Rejects with the
 * signal's reason when it aborts; then neither file is written.
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<Truth> {
  const commands = createCommands();
  const scratch = await createScratch();
  try {
    const network = await createNetwork(commands, options.hosts, { ...options.network, outside: options.outside });
    try {
      return await runInside(plan, options, { commands, network, scratch });
    } finally {
      await commands.stopAll();
      await network.remove();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Inside {
  readonly commands: ReturnType<typeof createCommands>;
  readonly network: Awaited<ReturnType<typeof createNetwork>>;
  readonly scratch: string;
}

async function runInside(plan: Plan, options: RunOptions, { commands, network, scratch }: Inside): Promise<Truth> {
  const { hosts, random, signal, snaplen } = options;
  const accounts = drawAccounts(random.fork('accounts'));
  const servers = await startServers(commands, network, {
    hosts,
    accounts,
    kind: options.lab,
    scratch,
    random,
    signal,
  });
  const path = join(scratch, 'capture.pcap');
  const capture = await startCapture(commands, network, { path, snaplen });

  const lab: Lab = {
    kind: options.lab,
    hosts,
    accounts,
    scratch,
    run: (host, argv, until) => commands.run(network.on(host, argv), until),
  };
  const carriedOut = await play(plan, lab, signal);
  const { droppedByKernel } = await capture.stop();
  signal.throwIfAborted();
  requireRunning(network.relay === null ? servers : [network.relay, ...servers]);

  const truth = labelled(await readFile(path), carriedOut, plan, { ...options, droppedByKernel });
  await mkdir(dirname(options.truthPath), { recursive: true });
  await move(path, options.capturePath);
  await writeFile(options.truthPath, `${JSON.stringify(truth, null, 2)}\n`);
  return truth;
}

/** A run whose server broke down in the middle shows something else than its plan says. */
function requireRunning(services: readonly Service[]): void {
  const ended = services.find((service) => !service.isRunning());
  if (ended !== undefined)
    throw new KubeSecureError('internal', `while running the lab: a server ended: ${ended.said()}`);
}

function labelled(
  capture: Buffer,
  carriedOut: readonly CarriedOut[],
  plan: Plan,
  options: RunOptions & { droppedByKernel: number },
): Truth {
  const hosts = listHosts(options.hosts);
  const { packets, ...seen } = observe(capture, hosts, carriedOut);
  return Truth.parse({
    version: 2,
    scenario: options.scenario,
    family: options.family,
    seed: options.seed,
    lab: options.lab,
    parameters: {
      ...plan.parameters,
      ...options.network,
      ...describePaths(options.outside.paths),
      plannedSeconds: plan.durationMs / 1_000,
    },
    startUs: seen.startUs,
    endUs: seen.endUs,
    capture: { packets, droppedByKernel: options.droppedByKernel, snaplen: options.snaplen },
    hosts,
    attacks: seen.attacks,
  });
}

function describePaths(paths: readonly Path[]): Truth['parameters'] {
  if (paths.length === 0) return {};
  const list = (figures: number[], digits: number) => figures.map((figure) => figure.toFixed(digits)).join(' ');
  return {
    roundTripsMs: list(
      paths.map(({ oneWayMs }) => 2 * oneWayMs),
      1,
    ),
    lossPercents: list(
      paths.map(({ loss }) => 100 * loss),
      2,
    ),
  };
}

/** The scratch folder may lie on another file system, so the file is copied beside its place and then renamed. */
async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const beside = `${to}.part`;
  await writeFile(beside, await readFile(from));
  await rename(beside, to);
}
