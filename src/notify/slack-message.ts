import { describeReason } from '#core/reason-words.ts';
import type { IncomingWebhookSendArguments } from '@slack/webhook';
import type { Alert } from '#core/alert.ts';
import type { Decision, DecisionState, RateLimit } from '#core/decision.ts';
import { FAMILY_FACTS, type Severity } from '#core/family.ts';
import type { NotificationEvent } from '#core/notification.ts';
import type { Entity } from '#core/verdict.ts';

/** Slack's own limits: 150 characters in a header, 2000 in a field, 3000 in a section. */
const HEADER_CHARACTERS = 150;
const FIELD_CHARACTERS = 2000;
const SECTION_CHARACTERS = 3000;

const SIGNS: Readonly<Record<Severity, string>> = { low: '⚪', medium: '🟡', high: '🟠', critical: '🔴' };

/** The message for Slack; `text` is what a phone's notification shows. */
export function slackMessageFor(event: NotificationEvent): IncomingWebhookSendArguments {
  return event.type === 'alert.opened' ? alertMessage(event.alert) : decisionMessage(event.decision);
}

function alertMessage(alert: Alert): IncomingWebhookSendArguments {
  const { title } = FAMILY_FACTS[alert.family];
  const reasons = alert.reasons.map((reason) => `• ${describeReason(reason)}`);
  const blocks = [
    header(`${SIGNS[alert.severity]} ${title}`),
    section(escaped(alert.message)),
    fields([
      ['Severity', alert.severity],
      ['Who → whom', escaped(partiesOf(alert))],
      ['First seen', timeOf(alert.firstSeen)],
      ['Technique', techniqueLink(alert.technique)],
    ]),
    ...(reasons.length === 0 ? [] : [section(`*Why*\n${escaped(reasons.join('\n'))}`)]),
    context(`alert ${alert.id}, score ${alert.score.toFixed(3)}, ${alert.flows} flows so far`),
  ];
  return { text: escaped(alert.message), blocks };
}

const STATE_WORDS: Readonly<Record<DecisionState, string>> = {
  planned: 'is planned',
  simulated: 'would be applied (dry run)',
  applied: 'is in force',
  expired: 'has ended, what was there before is back',
  reverted: 'was taken back, what was there before is back',
  failed: 'could not be applied, it is tried again',
  superseded: 'gave way to a newer one',
  refused: 'was refused',
};

function decisionMessage(decision: Decision): IncomingWebhookSendArguments {
  const { target, state, reason } = decision;
  const where = target === null ? decision.victim : `ingress ${target.namespace}/${target.name}`;
  const summary = `Rate limit on ${where} ${STATE_WORDS[state]}${reason === '' ? '' : `: ${reason}`}`;
  const blocks = [
    section(escaped(summary)),
    fields([
      ['Limit', limitWords(decision.limit)],
      ['Protects', escaped(decision.victim)],
      ['Until', timeOf(decision.until)],
      ['Decided by', escaped(decision.origin)],
    ]),
    context(`decision ${decision.id}${decision.alertId === null ? '' : `, for alert ${decision.alertId}`}`),
  ];
  return { text: escaped(summary), blocks };
}

function limitWords({ rps, rpm, burst, connections }: RateLimit): string {
  const parts = [
    rps === null ? [] : [`${rps} requests/s`],
    rpm === null ? [] : [`${rpm} requests/min`],
    burst === null ? [] : [`bursts of ${burst}`],
    connections === null ? [] : [`${connections} connections`],
  ];
  return `${parts.flat().join(', ')} per client`;
}

/** Client first: "10.0.0.1 → shop/deployment/web". */
function partiesOf({ entity, peers }: Alert): string {
  const [first] = peers;
  const others = new Set(peers.map(({ ip }) => ip)).size - 1;
  const peer = first === undefined ? '?' : `${first.ip}${others > 0 ? ` and ${others} more` : ''}`;
  return entity.side === 'server' ? `${peer} → ${nameOf(entity)}` : `${nameOf(entity)} → ${peer}`;
}

function nameOf({ ip, port, workload }: Entity): string {
  const address = port === null ? ip : `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
  return workload === null ? address : `${workload} (${address})`;
}

/** `T1498.001` lives at attack.mitre.org/techniques/T1498/001. */
function techniqueLink(technique: string): string {
  if (technique === '') return 'none';
  return `<https://attack.mitre.org/techniques/${technique.replace('.', '/')}/|ATT&amp;CK ${technique}>`;
}

/** Shown in the reader's own time zone, in UTC where Slack cannot. */
function timeOf(iso: string): string {
  return `<!date^${Math.floor(Date.parse(iso) / 1000)}^{date_short_pretty} {time_secs}|${iso}>`;
}

function header(text: string) {
  return { type: 'header', text: { type: 'plain_text', text: cut(text, HEADER_CHARACTERS), emoji: true } };
}

function section(text: string) {
  return { type: 'section', text: { type: 'mrkdwn', text: cut(text, SECTION_CHARACTERS) } };
}

function fields(pairs: readonly (readonly [string, string])[]) {
  const texts = pairs.map(([name, value]) => cut(`*${name}*\n${value}`, FIELD_CHARACTERS));
  return { type: 'section', fields: texts.map((text) => ({ type: 'mrkdwn', text })) };
}

function context(text: string) {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: escaped(text) }] };
}

/** Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text): nobody is paged by a pod's name. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function cut(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}
