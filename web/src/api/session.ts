import type { LoginRequest, LoginResponse } from '#api/routes/login.ts';
import { request } from './request.ts';

const KEY = 'kubesecure.token';

/** The token of this tab, or null. It outlives a reload and ends with the tab. */
export function rememberedToken(): string | null {
  return sessionStorage.getItem(KEY);
}

export function rememberToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}

/** A token for a name and a password. Throws ApiError: 401 if they are wrong, 429 after too many tries. */
export async function logIn(credentials: LoginRequest): Promise<string> {
  const { access_token: token } = await request<LoginResponse>('/api/login', { body: credentials });
  return token;
}
