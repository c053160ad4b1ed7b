// One way to call the API: JSON in and out, problems become ApiError.

export class ApiError extends Error {
  /** @param status HTTP status, 0 when no answer came. */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterS: number | null = null,
    /** The whole problem, for those who need its extra members. */
    readonly problem: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

interface Options {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/** Calls the API on the page's own origin. Throws ApiError for every answer but 2xx. */
export async function call<T>(path: string, { method = 'GET', query, body, signal }: Options = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  // The server takes changes by cookie only with this header, which another site's form cannot send.
  if (method !== 'GET') headers['X-Requested-With'] = 'oddity';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(path + toQuery(query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', 'The server cannot be reached.');
  }
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, text, response.headers.get('Retry-After'));
  return (text ? parse(text) : undefined) as T;
}

/** `?a=1&b=x` of the values that are there; empty for none. */
export function toQuery(query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== '') given.set(name, String(value));
  const text = given.toString();
  return text && `?${text}`;
}

/** The error that an answer stands for, whether or not it is problem+json. */
export function problemOf(status: number, text: string, retryAfter: string | null = null): ApiError {
  let problem: Record<string, unknown> = {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) problem = read as Record<string, unknown>;
  } catch {
    // Not JSON: a proxy's page, say. The status has to do.
  }
  const detail = [problem.detail, problem.title].find((part): part is string => typeof part === 'string' && part !== '');
  const code = typeof problem.code === 'string' ? problem.code : `http_${status}`;
  const seconds = retryAfter === null ? NaN : Number(retryAfter);
  return new ApiError(status, code, detail ?? wordsFor(status), Number.isFinite(seconds) ? seconds : null, problem);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(0, 'unreadable', 'The answer was not JSON. Is something between this page and the server?');
  }
}

function wordsFor(status: number): string {
  if (status === 401) return 'Sign in to go on.';
  if (status === 403) return 'You have no permission for this.';
  if (status === 404) return 'There is nothing here by that name.';
  if (status === 413) return 'That is larger than the server takes.';
  if (status === 429) return 'Too many requests for now.';
  if (status >= 500) return `The server had a fault (${status}).`;
  return `The server answered ${status}.`;
}
