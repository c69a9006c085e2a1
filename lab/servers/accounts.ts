import type { Random } from '../random.ts';
import type { Account, Accounts } from '../scenario.ts';

const PASSWORD_LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const PASSWORD_LENGTH = 20;
const USERS = ['shop', 'orders', 'billing', 'stock', 'reports', 'basket'] as const;

/** The accounts of one run. */
export function drawAccounts(random: Random): Accounts {
  const account = (user: string): Account => ({ user, password: drawPassword(random) });
  return {
    database: account(random.pick(USERS)),
    cache: account('default'),
    queue: account(random.pick(USERS)),
    bastion: account(random.pick(USERS)),
    remote: account(random.pick(USERS)),
  };
}

function drawPassword(random: Random): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => random.pick([...PASSWORD_LETTERS])).join('');
}
